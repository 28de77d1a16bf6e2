import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Card, Group } from "../../harness/datasets/card.ts";
import { requireCardOrGroup } from "../../harness/datasets/find-card.ts";

const folder = resolve(import.meta.dirname, "../../datasets");

/** Ids of all files below datasets/, sorted. */
export const ids: readonly string[] = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => name.slice(0, -".yaml".length).replaceAll("\\", "/"))
  .sort();

export const groups = new Map<string, Group>();
export const cards = new Map<string, Card>();
for (const id of ids) {
  const found = await requireCardOrGroup(id, [folder]);
  if ("group" in found) groups.set(id, found.group);
  else cards.set(id, found.card);
}

export function card(id: string): Card {
  const one = cards.get(id);
  if (one === undefined) throw new Error(`no card ${id}`);
  return one;
}

/** The datasets of a group and of its groups. */
export function datasetsOf(id: string, above: readonly string[] = []): readonly string[] {
  if (above.includes(id)) throw new Error(`cycle: ${[...above, id].join(" -> ")}`);
  const group = groups.get(id);
  return group === undefined ? [id] : group.members.flatMap((member) => datasetsOf(member, [...above, id]));
}
