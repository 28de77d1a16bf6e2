import type { DocId } from "../../harness/domain/ids.ts";
import { tieRanks } from "../../harness/domain/run.ts";
import { layOutViews, type ViewLayout } from "../../harness/domain/view-layout.ts";
import type { ChannelScores, SweepRequest } from "../../harness/fuse/types.ts";
import { fc } from "../seeded-fast-check.ts";

export type Channels = { readonly ids: readonly string[]; readonly scores: ChannelScores; readonly layout: ViewLayout };

export type ChannelDoc = { id: string; score: number; scenarios: number[]; noise?: number[] };

/** Channels written down document by document; `noise` holds positions within its own scenarios. */
export function channels(docs: readonly ChannelDoc[]): Channels {
  const offsets = new Int32Array(docs.length + 1);
  for (const [row, { scenarios }] of docs.entries()) offsets[row + 1] = (offsets[row] ?? 0) + scenarios.length;
  const ids = docs.map(({ id }) => id);
  const noise = docs.flatMap((doc) => doc.scenarios.map((_, index) => (doc.noise?.includes(index) ? 1 : 0)));
  return {
    ids,
    scores: {
      document: Float64Array.from(docs, ({ score }) => score),
      scenario: Float64Array.from(docs.flatMap(({ scenarios }) => scenarios)),
    },
    layout: layOutViews({ ties: tieRanks(ids as DocId[]), offsets, noise: Uint8Array.from(noise) }),
  };
}

export function request({ layout }: Channels, more: Partial<SweepRequest> = {}): SweepRequest {
  return { alphas: [0.5], k: 100, layout, excluded: new Set(), hasExclusions: false, zeroMeansNoMatch: false, ...more };
}

/** Random small corpora, scores on a coarse grid so that ties are common. */
export const anyChannels: fc.Arbitrary<Channels> = fc
  .uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 3 }),
      score: fc.integer({ min: -4, max: 8 }).map((n) => n / 8),
      scenarios: fc.array(
        fc.integer({ min: -4, max: 8 }).map((n) => n / 8),
        { maxLength: 4 },
      ),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 12 },
  )
  .map(channels);
