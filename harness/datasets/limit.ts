import { z } from "zod";
import { namedFilesFormat } from "./named-files.ts";
import { defineFormat } from "./types.ts";

/** LIMIT's three files. Ids of documents are names of persons and hold spaces. */
export const limit = defineFormat({
  kind: "limit",
  summary: "LIMIT: corpus.jsonl, queries.jsonl, qrels.jsonl.",
  source: "Weller et al., 2025, https://github.com/google-deepmind/limit",
  options: z.strictObject({}),
  create: () =>
    namedFilesFormat({
      corpus: "corpus.jsonl",
      queries: "queries.jsonl",
      qrels: "qrels.jsonl",
      fields: {
        docId: "_id",
        title: "title",
        text: "text",
        queryId: "_id",
        queryText: "text",
        excluded: "excluded_ids",
        judgedQuery: "query-id",
        judgedDocument: "corpus-id",
        grade: "score",
      },
    }),
});
