import { z } from "zod";
import { namedFilesFormat } from "./named-files.ts";
import { defineFormat } from "./types.ts";

const field = (name: string, what: string) => z.string().min(1).default(name).describe(`what the files call ${what}`);

/** Any three files whose rows have the values under some names: JSON Lines, parquet or CSV, each perhaps gzipped. */
export const jsonl = defineFormat({
  kind: "jsonl",
  summary: "JSON Lines, parquet or CSV files with any field names; qrels also in TREC's or BEIR's form.",
  source: "https://jsonlines.org",
  options: z.strictObject({
    corpus: z.string().default("corpus.jsonl").describe("path or pattern of the documents' files"),
    queries: z.string().default("queries.jsonl").describe("path or pattern of the queries' files"),
    qrels: z.string().default("qrels.jsonl").describe("path or pattern of the judgements' files"),
    fields: z
      .strictObject({
        docId: field("_id", "a document's id"),
        title: field("title", "a document's title, which may be absent"),
        text: field("text", "a document's text"),
        queryId: field("_id", "a query's id"),
        queryText: field("text", "a query's text"),
        excluded: field("excluded_ids", "a query's list of excluded documents, which may be absent"),
        judgedQuery: field("query-id", "a judgement's query"),
        judgedDocument: field("corpus-id", "a judgement's document"),
        grade: field("score", "a judgement's grade"),
      })
      .prefault({})
      .describe("names of the fields"),
  }),
  create: namedFilesFormat,
});
