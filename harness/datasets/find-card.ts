import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { parseYaml } from "../storage/yaml-source.ts";
import { type Card, cardSchema, type Group, groupSchema } from "./card.ts";

type Place = { readonly file: string; readonly folder: string };
export type FoundCard = Place & { readonly card: Card };
export type FoundGroup = Place & { readonly group: Group };

/**
 * The card of a dataset or of a group of them: `<folder>/<id>.yaml` in the first folder that has one. A card with
 * `members` is a group's.
 *
 * @throws {HarnessError} `SPEC_INVALID` when the card is not a card, with line and column
 */
export async function findCardOrGroup(
  id: string,
  folders: readonly string[],
): Promise<FoundCard | FoundGroup | undefined> {
  for (const folder of folders) {
    const file = join(folder, `${id}.yaml`);
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text !== undefined) return { ...parseCard(text, file), file, folder: dirname(file) };
  }
  return undefined;
}

/**
 * The card of one dataset, as `findCardOrGroup` finds it.
 *
 * @throws {HarnessError} `SPEC_INVALID` when the card is not a card; `UNKNOWN_DATASET` when it is a group's
 */
export async function findCard(id: string, folders: readonly string[]): Promise<FoundCard | undefined> {
  const found = await findCardOrGroup(id, folders);
  if (found === undefined || "card" in found) return found;
  throw new HarnessError("UNKNOWN_DATASET", `expected one dataset, found a group of ${found.group.members.length}.`, {
    where: `dataset \`${id}\``,
    hint: `Its members: ${found.group.members.join(", ")}.`,
  });
}

function parseCard(text: string, file: string): { readonly card: Card } | { readonly group: Group } {
  const source = parseYaml(text, file, () => false);
  const isGroup = typeof source.value === "object" && source.value !== null && "members" in source.value;
  const parsed = isGroup ? groupSchema.safeParse(source.value) : cardSchema.safeParse(source.value);
  if (parsed.success) return "members" in parsed.data ? { group: parsed.data } : { card: parsed.data };
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).filter((step) => typeof step !== "symbol");
  throw new HarnessError(
    "SPEC_INVALID",
    `dataset ${isGroup ? "group" : "card"}: ${z.prettifyError(parsed.error).replaceAll("\n", " ")}`,
    { where: source.where(path) },
  );
}

/** Ids of all cards in the folders, groups included, sorted. */
export async function cardIds(folders: readonly string[]): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    for (const name of names) if (name.endsWith(".yaml")) ids.add(name.slice(0, -".yaml".length).replaceAll("\\", "/"));
  }
  return [...ids].sort();
}

/** Ids and summaries of all cards in the folders; where two folders have a card of one id, the first counts. */
export async function listCards(
  folders: readonly string[],
): Promise<readonly { readonly name: string; readonly summary: string }[]> {
  const listed = [];
  for (const id of await cardIds(folders)) {
    const found = await findCardOrGroup(id, folders);
    if (found === undefined) continue;
    listed.push({ name: id, summary: "group" in found ? found.group.summary : found.card.summary });
  }
  return listed;
}
