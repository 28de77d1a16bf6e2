import { expect, it } from "vitest";
import { docId } from "../../harness/domain/ids.ts";
import { createRankingFuser } from "../../harness/fuse/registry.ts";

it("sums 1 / (k + rank) over the rankings, whatever the scores", () => {
  const rank = (...ids: string[]) => ids.map((id, index) => ({ docId: docId(id), score: 100 - index }));
  const fuser = createRankingFuser({ kind: "rrf" });
  expect(fuser.fuse([rank("a", "b", "c"), rank("c", "a")])).toEqual([
    { docId: "a", score: 1 / (60 + 1) + 1 / (60 + 2) },
    { docId: "c", score: 1 / (60 + 3) + 1 / (60 + 1) },
    { docId: "b", score: 1 / (60 + 2) },
  ]);
  expect(createRankingFuser({ kind: "rrf", k: 1 }).fuse([rank("a")])).toEqual([{ docId: "a", score: 1 / 2 }]);
});
