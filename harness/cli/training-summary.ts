import type { BuiltSet } from "../pipeline/training/build-sft-set.ts";

/** What a command says of the set that it built. */
export function trainingSummary({ folder, card }: BuiltSet): string {
  const { splits, dropped, leakage, synthetic } = card;
  const reasons = dropped.map(({ reason, items }) => `${items} ${reason}`).join(", ") || "nothing";
  const compared = leakage.sets.map(({ dataset, missing }) => `${dataset}${missing === null ? "" : " (in part)"}`);
  return [
    `${folder}: ${splits.train} examples to train on, ${splits.validation} to validate${synthetic ? "; synthetic" : ""}.`,
    `Dropped: ${reasons}.`,
    `Leakage: compared with ${compared.join(", ") || "no evaluation set"}; ${leakage.excluded.items} of ${leakage.items} items left out.`,
    `The card is ${folder}/card.md.`,
  ].join("\n");
}
