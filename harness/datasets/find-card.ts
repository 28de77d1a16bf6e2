import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { parseYaml } from "../storage/yaml-source.ts";
import { type Card, cardSchema } from "./card.ts";

export type FoundCard = { readonly card: Card; readonly file: string; readonly folder: string };

/**
 * The card of a dataset: `<folder>/<id>.yaml` in the first folder that has one.
 *
 * @throws {HarnessError} `SPEC_INVALID` when the card is not a card, with line and column
 */
export async function findCard(id: string, folders: readonly string[]): Promise<FoundCard | undefined> {
  for (const folder of folders) {
    const file = join(folder, `${id}.yaml`);
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text !== undefined) return { card: parseCard(text, file), file, folder: dirname(file) };
  }
  return undefined;
}

function parseCard(text: string, file: string): Card {
  const source = parseYaml(text, file, () => false);
  const parsed = cardSchema.safeParse(source.value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).filter((step) => typeof step !== "symbol");
  throw new HarnessError("SPEC_INVALID", `dataset card: ${z.prettifyError(parsed.error).replaceAll("\n", " ")}`, {
    where: source.where(path),
  });
}

/** Ids and summaries of all cards in the folders; where two folders have a card of one id, the first counts. */
export async function listCards(
  folders: readonly string[],
): Promise<readonly { readonly name: string; readonly summary: string }[]> {
  const ids = new Set<string>();
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    for (const name of names) if (name.endsWith(".yaml")) ids.add(name.slice(0, -".yaml".length).replaceAll("\\", "/"));
  }
  const listed = [];
  for (const id of [...ids].sort()) {
    const found = await findCard(id, folders);
    if (found !== undefined) listed.push({ name: id, summary: found.card.summary });
  }
  return listed;
}
