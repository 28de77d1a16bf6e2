import type { DatasetGroup } from "../domain/result.ts";
import { HarnessError } from "../errors.ts";
import { findCardOrGroup } from "./find-card.ts";

export type ExpandedIds = {
  /** Datasets, each once, in the order of first mention. */
  readonly ids: readonly string[];
  /** The groups among the names, and those inside them; inner ones first. */
  readonly groups: readonly DatasetGroup[];
};

/**
 * Names of datasets and of groups as datasets. A name without a group of that name stands for a dataset; whether there is
 * one shows when it is opened.
 *
 * @throws {HarnessError} `SPEC_INVALID` when a group contains itself; and as `findCardOrGroup`
 */
export async function expandGroups(names: readonly string[], folders: readonly string[]): Promise<ExpandedIds> {
  const ids = new Set<string>();
  const groups = new Map<string, DatasetGroup>();
  async function visit(name: string, path: readonly string[]): Promise<void> {
    if (path.includes(name)) {
      throw new HarnessError(
        "SPEC_INVALID",
        `dataset group \`${name}\` contains itself: ${[...path, name].join(" > ")}.`,
      );
    }
    const found = await findCardOrGroup(name, folders);
    if (found === undefined || "card" in found) {
      ids.add(name);
      return;
    }
    const { members } = found.group;
    for (const member of members) await visit(member, [...path, name]);
    groups.set(name, { name, members });
  }
  for (const name of names) await visit(name, []);
  return { ids: [...ids], groups: [...groups.values()] };
}
