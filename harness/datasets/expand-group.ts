import { didYouMean } from "../component.ts";
import { HarnessError } from "../errors.ts";
import { cardIds, findCardOrGroup } from "./find-card.ts";

/**
 * Dataset ids with every group replaced by its members, groups among them included: in the order given, each once.
 *
 * @param known ids that need no card, such as those of folders given on the command line
 * @throws {HarnessError} `UNKNOWN_DATASET` for an id without a card; `SPEC_INVALID` for a group that is its own member
 */
export async function expandDatasetIds(
  ids: readonly string[],
  cardFolders: readonly string[],
  known: ReadonlySet<string> = new Set(),
): Promise<readonly string[]> {
  const expanded = new Set<string>();
  async function visit(id: string, path: readonly string[]): Promise<void> {
    if (path.includes(id)) {
      throw new HarnessError("SPEC_INVALID", `a group that is its own member: ${[...path, id].join(" > ")}.`, {
        where: `dataset group \`${id}\``,
      });
    }
    const found = await findCardOrGroup(id, cardFolders);
    if (found !== undefined && "group" in found) {
      for (const member of found.group.members) await visit(member, [...path, id]);
    } else if (found !== undefined || known.has(id)) {
      expanded.add(id);
    } else {
      throw await unknownDataset(id, cardFolders, path);
    }
  }
  for (const id of ids) await visit(id, []);
  return [...expanded];
}

async function unknownDataset(
  id: string,
  cardFolders: readonly string[],
  path: readonly string[],
): Promise<HarnessError> {
  const group = path.at(-1);
  const where = group === undefined ? `dataset \`${id}\`` : `dataset group \`${group}\``;
  const nearest = didYouMean(id, await cardIds(cardFolders));
  return new HarnessError("UNKNOWN_DATASET", `expected a dataset, found no card for \`${id}\`.`, {
    where,
    hint: nearest || `Write a card datasets/${id}.yaml; \`spikebench list datasets\` shows those there are.`,
  });
}
