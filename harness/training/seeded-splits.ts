import { createRandomSource } from "../runtime/seeded-random.ts";

export type Split = "train" | "validation";

export type SplitRule = {
  readonly seed: number;
  /** Below 1 a share of all, rounded to the nearest whole; else a number. */
  readonly validation: number;
  /** Ids of the train split at most; all that remain unless told. */
  readonly train?: number | undefined;
};

/**
 * Ids in an order that seed, purpose and the ids alone decide, whatever order they come in: taking the first ones is a sample
 * without replacement, and an id more or less moves no other.
 *
 * @param ids without duplicates
 */
export function seededOrder(ids: readonly string[], seed: number, purpose: string): readonly string[] {
  const words = new Uint32Array(4);
  const keyed = ids.map((id) => {
    createRandomSource(seed, `${purpose}\n${id}`).fill(words, 0);
    return { id, high: words[0] ?? 0, low: words[1] ?? 0 };
  });
  keyed.sort((a, b) => a.high - b.high || a.low - b.low || (a.id < b.id ? -1 : 1));
  return keyed.map(({ id }) => id);
}

/**
 * The split of every id; an id that is sampled away is absent. The validation split is dealt first and never takes all: one
 * id is left to train on.
 */
export function splitIds(ids: readonly string[], { seed, validation, train }: SplitRule): ReadonlyMap<string, Split> {
  const asked = validation < 1 ? Math.round(validation * ids.length) : Math.floor(validation);
  const held = Math.max(0, Math.min(asked, ids.length - 1));
  const kept = train === undefined ? ids.length : held + train;
  const order = seededOrder(ids, seed, "training split").slice(0, kept);
  return new Map(order.map((id, at) => [id, at < held ? "validation" : "train"]));
}
