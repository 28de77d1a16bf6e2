import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describeIssue, didYouMean } from "../component.ts";
import { HarnessError } from "../errors.ts";
import { isSafePath } from "../storage/safe-path.ts";
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
  if (!isDatasetId(id)) return undefined;
  for (const folder of folders) {
    const file = join(folder, `${id}.yaml`);
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text !== undefined) return { ...parseCard(text, file), file, folder: dirname(file) };
  }
  return undefined;
}

/** A path below the folder of the cards, in names that run files and reports can hold. */
export function isDatasetId(id: string): boolean {
  return isSafePath(id) && !/[\s,|]/.test(id);
}

/** As `findCardOrGroup`, but there has to be one. @throws {HarnessError} `UNKNOWN_DATASET`, with what was meant perhaps */
export async function requireCardOrGroup(id: string, folders: readonly string[]): Promise<FoundCard | FoundGroup> {
  const found = await findCardOrGroup(id, folders);
  if (found !== undefined) return found;
  const nearest = didYouMean(id, await cardIds(folders));
  throw new HarnessError("UNKNOWN_DATASET", `expected a dataset, found no card for \`${id}\`.`, {
    where: `dataset \`${id}\``,
    hint: nearest || `Write a card datasets/${id}.yaml; \`spikebench datasets list\` shows those there are.`,
  });
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
  const schema = isGroup ? groupSchema : cardSchema;
  const parsed = schema.safeParse(source.value, { reportInput: true });
  if (parsed.success) return "members" in parsed.data ? { group: parsed.data } : { card: parsed.data };
  const [issue] = parsed.error.issues;
  const keys = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const path = [...(issue?.path ?? []), ...keys].filter((step) => typeof step !== "symbol");
  const complaint = keys.length > 0 ? "unknown key." : describeIssue(issue ?? parsed.error);
  throw new HarnessError("SPEC_INVALID", `dataset ${isGroup ? "group" : "card"}: \`${path.join(".")}\`: ${complaint}`, {
    where: source.where(path, keys.length > 0 ? "key" : "value"),
  });
}

/** Ids of all cards in the folders, groups included, sorted. */
async function cardIds(folders: readonly string[]): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const folder of folders) {
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    for (const name of names) if (name.endsWith(".yaml")) ids.add(name.slice(0, -".yaml".length).replaceAll("\\", "/"));
  }
  return [...ids].sort();
}

export type ListedCard = { readonly id: string } & (FoundCard | FoundGroup);

/**
 * All cards and groups in the folders; where two folders have one id, the first counts.
 *
 * @param onWarning told about YAML files that are no cards; they are passed over, for a folder may hold others
 */
export async function listCards(
  folders: readonly string[],
  onWarning: (text: string) => void,
): Promise<readonly ListedCard[]> {
  const listed: ListedCard[] = [];
  for (const id of await cardIds(folders)) {
    try {
      const found = await findCardOrGroup(id, folders);
      if (found !== undefined) listed.push({ id, ...found });
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      onWarning(`passed over: ${error.message}`);
    }
  }
  return listed;
}
