import { sharedInts } from "./shared-arrays.ts";

/**
 * Bars that threads share, one a list: what the list's hits have to reach. Each is the order of a float32, so that the
 * highest wins by a comparison of integers.
 */
export type SharedBars = {
  get(list: number): number;
  /** Takes in that as many rows of at least this score were found as the list has hits. */
  raise(list: number, score: number): void;
};

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** @param orders of `barOrders` */
export function sharedBars(orders: Int32Array): SharedBars {
  return {
    get: (list) => scoreOf(Atomics.load(orders, list)),
    raise(list, score) {
      const order = orderBelow(score);
      for (let seen = Atomics.load(orders, list); seen < order; ) {
        const found = Atomics.compareExchange(orders, list, seen, order);
        if (found === seen) return;
        seen = found;
      }
    },
  };
}

/** Bars that stand at these scores, one a list, before anything is found; all threads see them. */
export function barOrders(scores: Float64Array): Int32Array {
  return sharedInts(Int32Array.from(scores, orderBelow));
}

/** Integers in the order of the floats; of a score between two floats that of the lower one. */
function orderBelow(score: number): number {
  float[0] = score;
  const order = orderOf(bits[0] ?? 0);
  return (float[0] ?? 0) > score ? order - 1 : order;
}

function scoreOf(order: number): number {
  bits[0] = orderOf(order);
  return float[0] ?? 0;
}

/** Its own inverse: negative floats are ordered by magnitude, so their lower bits are flipped. */
function orderOf(value: number): number {
  return value < 0 ? value ^ 0x7fffffff : value;
}
