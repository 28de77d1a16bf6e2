import { z } from "zod";
import type { Qrels } from "../domain/qrels.ts";
import { HarnessError } from "../errors.ts";
import { createJudgementList } from "../storage/judgement-list.ts";
import { findTable, tablePaths } from "./hub-tables.ts";
import { documentOf } from "./judged-tables.ts";
import { createQueryList } from "./query-list.ts";
import { readTable } from "./table-rows.ts";
import { idList, requiredId, requiredText } from "./text-field.ts";
import { defineFormat, type FileListing, type RawDataset, type RawDocument } from "./types.ts";

const CORPORA = { documents: "gold_ids", long_documents: "gold_ids_long" } as const;
const COLUMNS = { id: { names: ["id"] }, text: { names: ["content"] } };

const options = z.strictObject({
  subset: z.string().min(1).describe("split of the repository, e.g. `biology`"),
  documents: z.enum(["documents", "long_documents"]).default("documents").describe("config of the corpus"),
  queries: z
    .string()
    .regex(/^examples$|_reason$/, "expected `examples` or a config `<model>_reason`")
    .default("examples")
    .describe("config of the query texts"),
  duplicateIds: z
    .enum(["error", "first", "last"])
    .default("error")
    .describe("which of several documents with one id counts: Anserini keeps the first, BRIGHT's runner the last"),
});

/**
 * BRIGHT as its repository lays it out: configs `documents`, `long_documents`, `examples` and the LLM-reasoned
 * `*_reason`, a split per subset. Gold and excluded ids come from `examples` for every choice of queries; gold has
 * grade 1. A list `["N/A"]` is empty, a gold id repeated in its list counts once, and a query without gold is left out
 * as unjudged.
 */
export const bright = defineFormat({
  kind: "bright",
  summary: "BRIGHT's hub layout: documents, examples and reasoned queries of one subset.",
  source: "Su et al., ICLR 2025, https://huggingface.co/datasets/xlangai/BRIGHT",
  options,
  create(chosen) {
    return {
      asFolder: { kind: "beir" },
      async select(files) {
        return tablePaths(Object.values(await find(files, chosen)));
      },
      async read(files) {
        const found = await find(files, chosen);
        const corpus = found.corpus.paths.map((path) => files.absolute(path));
        const examples = await readExamples(
          found.examples.paths.map((path) => files.absolute(path)),
          CORPORA[chosen.documents],
        );
        const texts = await readTexts(found.queries.paths.map((path) => files.absolute(path)));
        const repeated = await repeatedRows(corpus, chosen.duplicateIds);
        const queries = judgedQueries(examples, texts);
        return {
          where: corpus[0] ?? files.where,
          documents: () => readDocuments(corpus, repeated),
          queries: queries.queries,
          qrels: examples.qrels,
          notes: [
            ...(examples.duplicates === 0 ? [] : [`${examples.duplicates} repeated judgements were collapsed.`]),
            ...queries.notes,
            ...(repeated.size === 0
              ? []
              : [`${repeated.size} documents repeat an id and were left out; the ${chosen.duplicateIds} one counts.`]),
          ],
        };
      },
    };
  },
});

type Options = z.output<typeof options>;

async function find(files: FileListing, { subset, documents, queries }: Options) {
  const table = (config: string) => findTable(files, { root: "", config, split: subset });
  return { corpus: await table(documents), examples: await table("examples"), queries: await table(queries) };
}

type Example = { readonly id: string; readonly excluded: readonly string[]; readonly where: string };
type Examples = { readonly rows: readonly Example[]; readonly qrels: Qrels; readonly duplicates: number };

async function readExamples(paths: readonly string[], goldColumn: string): Promise<Examples> {
  const columns = { id: COLUMNS.id, gold: { names: [goldColumn] }, excluded: { names: ["excluded_ids"] } };
  const rows: Example[] = [];
  const list = createJudgementList();
  for await (const batch of readTable(paths, columns)) {
    for (const { fields, where } of batch) {
      const id = requiredId(fields, "id", where);
      rows.push({ id, excluded: idList(fields, "excluded", where), where });
      for (const doc of idList(fields, "gold", where)) list.add({ query: id, doc, grade: "1" }, where);
    }
  }
  return { rows, ...list.loaded() };
}

async function readTexts(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for await (const batch of readTable(paths, { id: COLUMNS.id, text: { names: ["query"] } })) {
    for (const { fields, where } of batch) {
      const id = requiredId(fields, "id", where);
      if (texts.has(id)) throw new HarnessError("DUPLICATE_ID", `query \`${id}\` stands in the file twice.`, { where });
      texts.set(id, requiredText(fields, "text", where));
    }
  }
  return texts;
}

function judgedQueries(
  { rows, qrels }: Examples,
  texts: ReadonlyMap<string, string>,
): Pick<RawDataset, "queries" | "notes"> {
  const list = createQueryList(qrels);
  for (const { id, excluded, where } of rows) {
    const text = texts.get(id);
    if (text === undefined) {
      throw new HarnessError(
        "DATA_INVALID",
        `query \`${id}\`: expected a text in the config of the queries, found none.`,
        {
          where,
        },
      );
    }
    list.add({ id, text, excluded, where });
  }
  const more = texts.size - rows.length;
  return {
    queries: list.queries,
    notes: [...list.notes(), ...(more === 0 ? [] : [`${more} query texts belong to no example and were left out.`])],
  };
}

async function* readDocuments(
  paths: readonly string[],
  repeated: ReadonlySet<number>,
): AsyncGenerator<readonly RawDocument[]> {
  let row = 0;
  for await (const batch of readTable(paths, COLUMNS)) {
    const first = row;
    row += batch.length;
    yield batch.filter((_, index) => !repeated.has(first + index)).map(documentOf);
  }
}

/** Rows, counted from 0 over all files, whose id another row has and that do not count. */
async function repeatedRows(paths: readonly string[], kept: Options["duplicateIds"]): Promise<ReadonlySet<number>> {
  const repeated = new Set<number>();
  if (kept === "error") return repeated; // then the loader refuses them
  const rowOf = new Map<string, number>();
  let row = 0;
  for await (const batch of readTable(paths, { id: COLUMNS.id })) {
    for (const { fields, where } of batch) {
      const id = requiredId(fields, "id", where);
      const earlier = rowOf.get(id);
      if (earlier !== undefined) repeated.add(kept === "first" ? row : earlier);
      if (earlier === undefined || kept === "last") rowOf.set(id, row);
      row += 1;
    }
  }
  return repeated;
}
