import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { parseYaml, type YamlSource } from "../storage/yaml-source.ts";
import { type Card, cardSchema, type Group, groupSchema } from "./card.ts";

export type FoundCard = { readonly card: Card; readonly file: string; readonly folder: string };

/**
 * The card of a dataset: `<folder>/<id>.yaml` in the first folder that has one.
 *
 * @throws {HarnessError} `SPEC_INVALID` when the card is not a card, with line and column
 */
export async function findCard(id: string, folders: readonly string[]): Promise<FoundCard | undefined> {
  const found = await findFile(id, folders);
  if (found === undefined) return undefined;
  const { file, source } = found;
  return { card: parse(cardSchema, source, "dataset card"), file, folder: dirname(file) };
}

/**
 * The group of that id; undefined where the first folder that knows the id has a dataset's card under it.
 *
 * @throws {HarnessError} `SPEC_INVALID` when the group is not a group, with line and column
 */
export async function findGroup(id: string, folders: readonly string[]): Promise<Group | undefined> {
  const found = await findFile(id, folders);
  return found?.isGroup ? parse(groupSchema, found.source, "dataset group") : undefined;
}

type CardFile = { readonly file: string; readonly source: YamlSource; readonly isGroup: boolean };

async function findFile(id: string, folders: readonly string[]): Promise<CardFile | undefined> {
  for (const folder of folders) {
    const file = join(folder, `${id}.yaml`);
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const source = parseYaml(text, file, () => false);
    const { value } = source;
    return { file, source, isGroup: typeof value === "object" && value !== null && "members" in value };
  }
  return undefined;
}

function parse<Schema extends z.ZodType>(schema: Schema, source: YamlSource, what: string): z.output<Schema> {
  const parsed = schema.safeParse(source.value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).filter((step) => typeof step !== "symbol");
  throw new HarnessError("SPEC_INVALID", `${what}: ${z.prettifyError(parsed.error).replaceAll("\n", " ")}`, {
    where: source.where(path),
  });
}

/** Ids and summaries of all cards and groups in the folders; where two folders have one id, the first counts. */
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
    const found = (await findGroup(id, folders)) ?? (await findCard(id, folders))?.card;
    if (found !== undefined) listed.push({ name: id, summary: found.summary });
  }
  return listed;
}
