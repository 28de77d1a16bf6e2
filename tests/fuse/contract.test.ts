import { describe, expect, it } from "vitest";
import { docId } from "../../harness/domain/ids.ts";
import { compareScoredDocs, type Ranking } from "../../harness/domain/run.ts";
import { channelFusers, createChannelFuser, createRankingFuser, rankingFusers } from "../../harness/fuse/registry.ts";
import { fc } from "../seeded-fast-check.ts";
import { anyChannels, type Channels, request } from "./channels.ts";

const ALPHAS = [0, 0.3, 0.5, 1];

describe.each(Object.values(channelFusers))("channel fuser $kind", (definition) => {
  const fuser = createChannelFuser({ kind: definition.kind });

  it("names its source", () => expect(definition.source).not.toBe(""));

  it("returns one list per alpha, best first, without repeats or excluded documents, at most k long", () => {
    fc.assert(
      fc.property(anyChannels, fc.nat(12), fc.nat(12), (channels, k, excluded) => {
        const lists = fuser.sweep(
          channels.scores,
          request(channels, { alphas: ALPHAS, k, excluded: new Set([excluded]) }),
        );
        expect(lists.length).toBe(ALPHAS.length);
        for (const hits of lists) {
          const ranking = rankingOf(channels, hits);
          expect(ranking).toEqual([...ranking].sort(compareScoredDocs));
          expect(new Set(ranking.map(({ docId }) => docId)).size).toBe(ranking.length);
          expect(hits.map(({ row }) => row)).not.toContain(excluded);
          expect(hits.length).toBeLessThanOrEqual(k);
        }
      }),
    );
  });

  it("gives the same list for an alpha alone as within a grid", () => {
    fc.assert(
      fc.property(anyChannels, (channels) => {
        const together = fuser.sweep(channels.scores, request(channels, { alphas: ALPHAS }));
        const alone = ALPHAS.map((alpha) => fuser.sweep(channels.scores, request(channels, { alphas: [alpha] }))[0]);
        expect(together).toEqual(alone);
      }),
    );
  });

  it("without a note is the base retriever at alpha 1 and returns every document", () => {
    if (fuser.notes.length > 0) return;
    fc.assert(
      fc.property(anyChannels, (channels) => {
        const base = channels.ids
          .map((id, row) => ({ docId: docId(id), score: channels.scores.document[row] ?? 0 }))
          .sort(compareScoredDocs);
        const lists = fuser.sweep(channels.scores, request(channels, { alphas: ALPHAS }));
        expect(rankingOf(channels, lists[ALPHAS.indexOf(1)] ?? [])).toEqual(base);
        for (const hits of lists) expect(hits.length).toBe(channels.ids.length);
      }),
    );
  });
});

function rankingOf({ ids }: Channels, hits: readonly { row: number; score: number }[]): Ranking {
  return hits.map(({ row, score }) => ({ docId: docId(ids[row] ?? ""), score }));
}

const anyRanking: fc.Arbitrary<Ranking> = fc
  .uniqueArray(
    fc.record({ docId: fc.string({ minLength: 1 }).map(docId), score: fc.double({ noNaN: true, min: 0, max: 1 }) }),
    { selector: ({ docId }) => docId, maxLength: 20 },
  )
  .map((docs) => docs.sort(compareScoredDocs));

describe.each(Object.values(rankingFusers))("ranking fuser $kind", (definition) => {
  const fuser = createRankingFuser({ kind: definition.kind });

  it("names its source", () => expect(definition.source).not.toBe(""));
  it("returns nothing for nothing", () => expect(fuser.fuse([])).toEqual([]));

  it("keeps the order of a single ranking", () => {
    fc.assert(
      fc.property(anyRanking, (ranking) => {
        expect(fuser.fuse([ranking]).map(({ docId }) => docId)).toEqual(ranking.map(({ docId }) => docId));
      }),
    );
  });

  it("returns the union of its inputs, sorted, whatever their order", () => {
    fc.assert(
      fc.property(anyRanking, anyRanking, (a, b) => {
        const fused = fuser.fuse([a, b]);
        expect(new Set(fused.map(({ docId }) => docId))).toEqual(new Set([...a, ...b].map(({ docId }) => docId)));
        expect(fused).toEqual([...fused].sort(compareScoredDocs));
        expect(fuser.fuse([b, a])).toEqual(fused);
      }),
    );
  });
});

it.each([
  ["channel fuser", () => createChannelFuser({ kind: "nope" })],
  ["ranking fuser", () => createRankingFuser({ kind: "nope" })],
])("rejects an unknown %s with a code", (_, create) => {
  expect(create).toThrow(expect.objectContaining({ code: "UNKNOWN_COMPONENT" }));
});
