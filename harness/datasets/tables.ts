import { z } from "zod";
import { findTable, hubTableOptions, tablePaths } from "./hub-tables.ts";
import { readJudgedTables } from "./judged-tables.ts";
import { defineFormat, type FileListing } from "./types.ts";

const BEIR_ID = { names: ["_id", "id"] };

const tableOf = (config: string, split: string) => ({
  ...hubTableOptions,
  config: hubTableOptions.config.default(config),
  split: hubTableOptions.split.default(split),
});

/**
 * Three tables of a hub repository, or of several that are mounted side by side. Columns go by the names in use: `_id`
 * or `id`, `text`, `title`; `query-id` or `query_id`, `corpus-id` or `corpus_id`, `score`. Queries are restricted to the
 * judged ones; a document without a title has an empty one.
 */
export const tables = defineFormat({
  kind: "tables",
  summary: "Three tables of a hub repository: corpus, queries, qrels (mteb, BeIR and CoIR).",
  source: "https://huggingface.co/mteb, https://huggingface.co/BeIR, https://huggingface.co/CoIR-Retrieval",
  options: z.strictObject({
    corpus: z.strictObject(tableOf("corpus", "corpus")).prefault({}).describe("where the documents are"),
    queries: z
      .strictObject({
        ...tableOf("queries", "queries"),
        partition: z.string().optional().describe("keep the rows whose column `partition` says this, as CoIR's do"),
      })
      .prefault({})
      .describe("where the queries are"),
    qrels: z.strictObject(tableOf("default", "test")).prefault({}).describe("where the judgements are"),
  }),
  create({ corpus, queries, qrels }) {
    const find = async (files: FileListing) => ({
      corpus: await findTable(files, corpus),
      queries: await findTable(files, queries),
      qrels: await findTable(files, qrels),
    });
    return {
      asFolder: { kind: "beir", split: qrels.split },
      async select(files) {
        return tablePaths(Object.values(await find(files)));
      },
      async read(files) {
        const found = await find(files);
        return await readJudgedTables({
          where: files.absolute(found.corpus.paths[0] ?? ""),
          corpus: {
            paths: found.corpus.paths.map((path) => files.absolute(path)),
            columns: { id: BEIR_ID, title: { names: ["title"], isOptional: true }, text: { names: ["text"] } },
          },
          queries: {
            paths: found.queries.paths.map((path) => files.absolute(path)),
            columns: {
              id: BEIR_ID,
              text: { names: ["text"] },
              excluded: { names: ["excluded_ids"], isOptional: true },
            },
          },
          partition:
            queries.partition === undefined
              ? undefined
              : { column: { names: ["partition"] }, value: queries.partition },
          qrels: {
            paths: found.qrels.paths.map((path) => files.absolute(path)),
            columns: {
              query: { names: ["query-id", "query_id"] },
              doc: { names: ["corpus-id", "corpus_id"] },
              grade: { names: ["score"] },
            },
          },
        });
      },
    };
  },
});
