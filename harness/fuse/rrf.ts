import { z } from "zod";
import type { DocId } from "../domain/ids.ts";
import { compareScoredDocs } from "../domain/run.ts";
import { defineRankingFuser } from "./types.ts";

/** Reciprocal rank fusion: each document scores the sum over systems of 1 / (k + rank), rank counted from 1. */
export const rrf = defineRankingFuser({
  kind: "rrf",
  summary: "Reciprocal rank fusion of several retrievers; ignores scores, uses ranks only.",
  source: "Cormack, Clarke and Buettcher, SIGIR 2009, https://doi.org/10.1145/1571941.1572114",
  options: z.strictObject({
    k: z.number().positive().default(60).describe("Added to every rank; large, and rank 1 counts for little more."),
  }),
  create: ({ k }) => ({
    fuse(rankings) {
      const total = new Map<DocId, number>();
      for (const ranking of rankings) {
        for (const [index, { docId }] of ranking.entries()) {
          total.set(docId, (total.get(docId) ?? 0) + 1 / (k + index + 1));
        }
      }
      return Array.from(total, ([docId, score]) => ({ docId, score })).sort(compareScoredDocs);
    },
  }),
});
