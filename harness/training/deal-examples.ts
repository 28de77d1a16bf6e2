import { HarnessError } from "../errors.ts";
import { type Split, type SplitRule, splitIds } from "./seeded-splits.ts";

/**
 * Deals examples out to the splits by their ids; within a split they keep their order.
 *
 * @param examples without two of one id
 * @param where the file that declares the set, for messages
 * @throws {HarnessError} `DATA_INVALID` when there is none
 */
export function dealExamples<Example extends { readonly id: string }>(
  examples: readonly Example[],
  rule: SplitRule,
  where: string,
): Readonly<Record<Split, readonly Example[]>> {
  if (examples.length === 0) {
    throw new HarnessError("DATA_INVALID", "nothing is left to train on: everything was dropped.", {
      where,
      hint: "`leakage.exclude`, and what the sources hold, decide that.",
    });
  }
  const splits = splitIds(
    examples.map(({ id }) => id),
    rule,
  );
  const of = (split: Split) => examples.filter(({ id }) => splits.get(id) === split);
  return { train: of("train"), validation: of("validation") };
}
