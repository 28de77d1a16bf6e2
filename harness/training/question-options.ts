import { z } from "zod";
import { fragmentOption } from "../retrieve/fragment-option.ts";
import { retrievers } from "../retrieve/registry.ts";

/** Queries to train on and what searches their corpus, as a zod shape. */
export const questionOptions = {
  dataset: z.string().min(1).describe("Whose documents, and unless told otherwise queries and judgements, are taken."),
  qrels: z.string().min(1).optional().describe("Other judgements, such as those of a train split; a file."),
  queries: z
    .string()
    .min(1)
    .optional()
    .describe("Other queries, JSON Lines {_id, text}; needed with `qrels` of other queries."),
  maxQueries: z.int().min(1).optional().describe("A sample of the queries, before anything is asked or paid."),
  prompt: z
    .string()
    .min(1)
    .optional()
    .describe("Text file with `{query}`; the prompt of the expansion llm-qe unless told."),
  retriever: z
    .preprocess(
      (named) => (typeof named === "string" ? { kind: named } : named),
      fragmentOption("retriever", retrievers),
    )
    .default({ kind: "dense" })
    .describe("What searches, as in a run file; its encoder gives the similarities."),
};
