import type { DatasetGroup } from "./result.ts";

/**
 * Weight of every dataset in the mean of a group: members weigh the same, an inner group as one of them.
 *
 * @param groups inner ones before those that name them, as a result has them
 * @returns in the order of the members; they sum to 1
 */
export function datasetWeights(
  { members }: Pick<DatasetGroup, "members">,
  groups: readonly DatasetGroup[],
): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const member of members) {
    const inner = groups.find(({ name }) => name === member);
    const own = inner === undefined ? [[member, 1] as const] : [...datasetWeights(inner, groups)];
    for (const [dataset, weight] of own) {
      weights.set(dataset, (weights.get(dataset) ?? 0) + weight / members.length);
    }
  }
  return weights;
}
