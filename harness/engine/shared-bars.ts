import { sharedInts } from "./shared-arrays.ts";

/**
 * Bars that threads share, one a list: a lower bound of the score that the list's last hit will have. Each is the order of a
 * float32, so that the highest wins by a comparison of integers.
 */
export type SharedBars = {
  readonly threads: number;
  get(list: number): number;
  /** Takes in that a thread has found as many rows of at least this score as the list has hits. */
  raise(list: number, score: number): void;
  /**
   * Takes in that this thread has found its share of the list's hits, one for each thread, at this score or above: once all
   * have, the lowest of their scores is a bar, long before any of them has found enough by itself.
   */
  share(list: number, score: number): void;
};

/** Shared memory of bars, and of what each thread has found, list by list. */
export type BarArrays = {
  readonly bars: Int32Array;
  readonly shares: Int32Array;
  /** How many threads have joined. */
  readonly joined: Int32Array;
};

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** Joins as one of the threads, none of which has seen a row of another. */
export function sharedBars({ bars, shares, joined }: BarArrays): SharedBars {
  const threads = shares.length / bars.length;
  const thread = Atomics.add(joined, 0, 1);

  function raiseTo(list: number, order: number): void {
    for (let seen = Atomics.load(bars, list); seen < order; ) {
      const found = Atomics.compareExchange(bars, list, seen, order);
      if (found === seen) return;
      seen = found;
    }
  }

  return {
    threads,
    get: (list) => scoreOf(Atomics.load(bars, list)),
    raise: (list, score) => raiseTo(list, orderBelow(score)),
    share(list, score) {
      const first = list * threads;
      Atomics.store(shares, first + thread, orderBelow(score));
      let lowest = Atomics.load(shares, first);
      for (let other = 1; other < threads; other++) lowest = Math.min(lowest, Atomics.load(shares, first + other));
      raiseTo(list, lowest);
    },
  };
}

/** Bars that nothing is below. */
export function lowestBars(lists: number, threads: number): BarArrays {
  const lowest = orderBelow(-Infinity);
  return {
    bars: sharedInts(new Int32Array(lists).fill(lowest)),
    shares: sharedInts(new Int32Array(lists * threads).fill(lowest)),
    joined: sharedInts(new Int32Array(1)),
  };
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
