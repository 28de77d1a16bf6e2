import { HarnessError } from "../errors.ts";
import type { DataCard } from "./data-card.ts";
import { type Split, type SplitRule, splitIds } from "./seeded-splits.ts";

/**
 * Deals examples out to the splits by their ids; within a split they keep their order.
 *
 * @param examples without two of one id
 * @param where the file that declares the set, and what did not become an example, for messages
 * @throws {HarnessError} `DATA_INVALID` when there is none, or none but those of the validation split
 */
export function dealExamples<Example extends { readonly id: string }>(
  examples: readonly Example[],
  rule: SplitRule,
  { where, dropped }: { readonly where: string; readonly dropped: DataCard["dropped"] },
): Readonly<Record<Split, readonly Example[]>> {
  if (examples.length === 0) {
    const reasons = dropped.map(({ reason, items }) => `${items} ${reason}`).join(", ");
    const found = reasons === "" ? "the sources hold nothing" : `all was dropped: ${reasons}`;
    throw new HarnessError("DATA_INVALID", `expected something to train on; ${found}.`, { where });
  }
  if (rule.validation >= Math.max(1, examples.length)) {
    const expected = `expected \`validation\` below the number of examples, ${examples.length}`;
    throw new HarnessError("DATA_INVALID", `${expected}, got ${rule.validation}.`, { where });
  }
  const splits = splitIds(
    examples.map(({ id }) => id),
    rule,
  );
  const of = (split: Split) => examples.filter(({ id }) => splits.get(id) === split);
  return { train: of("train"), validation: of("validation") };
}
