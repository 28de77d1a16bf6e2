import { wordsOf } from "../analysis/words.ts";

/** The known text that shares most words with another. */
type Overlap = {
  readonly id: string;
  /** Distinct words in both over distinct words in either (Jaccard). */
  readonly overlap: number;
  /** The same words in the same order. */
  readonly same: boolean;
};

export type OverlapIndex = {
  /** Undefined when no known text reaches the threshold; of equals the first. */
  nearest(text: string): Overlap | undefined;
};

type Known = { readonly id: string; readonly words: ReadonlySet<string>; readonly sequence: string };

/** So that rounding in `threshold * size` costs no match: 0.55 * 20 is more than 11 in doubles. */
const SLACK = 1e-9;

/**
 * Finds texts that share most of their words with a known one, by looking at few of them: sets of words that overlap by the
 * threshold share a word among the rarest of each.
 *
 * @param threshold in (0, 1]
 * Source: prefix filtering; Bayardo, Ma, Srikant: Scaling up all pairs similarity search (WWW 2007).
 */
export function createOverlapIndex(
  texts: readonly { readonly id: string; readonly text: string }[],
  threshold: number,
): OverlapIndex {
  const known: readonly Known[] = texts.map(({ id, text }) => {
    const sequence = wordsOf(text);
    return { id, words: new Set(sequence), sequence: sequence.join(" ") };
  });
  const frequency = new Map<string, number>();
  for (const { words } of known) for (const word of words) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  function rarest(words: ReadonlySet<string>): readonly string[] {
    const length = words.size - Math.ceil(threshold * words.size - SLACK) + 1;
    const order = [...words].sort(
      (a, b) => (frequency.get(a) ?? 0) - (frequency.get(b) ?? 0) || (a < b ? -1 : Number(a > b)),
    );
    return order.slice(0, length);
  }
  const byWord = new Map<string, number[]>();
  for (const [at, { words }] of known.entries()) {
    for (const word of rarest(words)) {
      const places = byWord.get(word);
      if (places === undefined) byWord.set(word, [at]);
      else places.push(at);
    }
  }
  return {
    nearest(text) {
      const sequence = wordsOf(text);
      const words = new Set(sequence);
      const candidates = [...new Set(rarest(words).flatMap((word) => byWord.get(word) ?? []))].sort((a, b) => a - b);
      const joined = sequence.join(" ");
      let best: Overlap | undefined;
      for (const { id, ...other } of candidates.flatMap((at) => known[at] ?? [])) {
        const overlap = jaccard(words, other.words);
        const same = other.sequence === joined;
        if (overlap < threshold - SLACK) continue;
        if (best === undefined || overlap > best.overlap || (same && !best.same)) best = { id, overlap, same };
      }
      return best;
    },
  };
}

function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let both = 0;
  for (const word of a) both += b.has(word) ? 1 : 0;
  return both / (a.size + b.size - both);
}
