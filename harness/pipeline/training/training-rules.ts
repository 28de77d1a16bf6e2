import { basename } from "node:path";
import type { Json } from "../../storage/content-hash.ts";
import { type DataCard, dataCard } from "../../training/data-card.ts";

/** Options that the card has elsewhere, or that are places of files: the card names those among its sources. */
const ELSEWHERE: readonly string[] = ["name", "seed", "leakage", "retriever", "sources", "qrels", "queries"];
const PATHS: readonly string[] = ["path", "prompt", "tokenizer"];

/**
 * The rules of a declaration for its card, defaults included, without the folders that files lay in.
 *
 * @param searched identity of the retriever, where there is one
 */
export function ruleValues(options: Readonly<Record<string, unknown>>, searched?: Json): DataCard["method"] {
  const own = Object.fromEntries(Object.entries(options).filter(([name]) => !ELSEWHERE.includes(name)));
  const said = searched === undefined ? own : { ...own, searched };
  return dataCard.shape.method.parse(JSON.parse(JSON.stringify(said, withoutFolders)));
}

function withoutFolders(name: string, value: unknown): unknown {
  return PATHS.includes(name) && typeof value === "string" ? basename(value) : value;
}
