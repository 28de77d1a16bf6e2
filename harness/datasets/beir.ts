import { z } from "zod";
import { docId } from "../domain/ids.ts";
import type { Qrels } from "../domain/qrels.ts";
import { HarnessError } from "../errors.ts";
import { readJsonLines } from "../storage/jsonl.ts";
import { readQrels } from "../storage/trec-qrels.ts";
import { createQueryList, type QueryList } from "./query-list.ts";
import { idList, optionalText, requiredId, requiredText } from "./text-field.ts";
import { defineFormat, type FileListing, type RawDocument } from "./types.ts";

/**
 * A BEIR folder: `corpus.jsonl` {_id, title, text}, `queries.jsonl` {_id, text}, `qrels/<split>.tsv`; each may be
 * gzipped. Queries are restricted to those in the qrels. Beyond BEIR a query may carry `excluded_ids`, BRIGHT's list of
 * documents that must not be returned for it (`["N/A"]` is BRIGHT's way of writing none).
 */
export const beir = defineFormat({
  kind: "beir",
  summary: "A BEIR folder: corpus.jsonl, queries.jsonl, qrels/<split>.tsv.",
  source: "Thakur et al., NeurIPS 2021, https://github.com/beir-cellar/beir",
  options: z.strictObject({ split: z.string().min(1).default("test") }),
  create({ split }) {
    const parts = {
      corpus: ["corpus.jsonl", "corpus.jsonl.gz"],
      queries: ["queries.jsonl", "queries.jsonl.gz"],
      qrels: [`qrels/${split}.tsv`, `qrels/${split}.tsv.gz`],
    };
    return {
      // not async, because nothing has to be awaited; a failure is a rejection all the same
      select: (files) => Promise.resolve().then(() => Object.values(parts).map((names) => findPath(files, names))),
      async read(files) {
        const corpus = files.absolute(findPath(files, parts.corpus));
        const { qrels, duplicates } = await readQrels(files.absolute(findPath(files, parts.qrels)));
        const list = await readQueries(files.absolute(findPath(files, parts.queries)), qrels);
        const notes = [
          ...(duplicates === 0 ? [] : [`${duplicates} repeated judgements were collapsed.`]),
          ...list.notes(),
        ];
        return { where: corpus, documents: () => readDocuments(corpus), queries: list.queries, qrels, notes };
      },
    };
  },
});

/** The first of the names that the listing has. */
function findPath({ where, paths }: FileListing, names: readonly string[]): string {
  const found = names.find((name) => paths.includes(name));
  if (found !== undefined) return found;
  throw new HarnessError("FILE_MISSING", `expected ${names.map((name) => `\`${name}\``).join(" or ")}, found none.`, {
    where,
    hint: "A BEIR folder has corpus.jsonl, queries.jsonl and qrels/<split>.tsv.",
  });
}

async function* readDocuments(path: string): AsyncGenerator<readonly RawDocument[]> {
  for await (const batch of readJsonLines(path)) {
    yield batch.map(({ line, value }) => {
      const where = `${path}:${line}`;
      return {
        id: docId(requiredId(value, "_id", where)),
        title: optionalText(value, "title", where) ?? "",
        text: requiredText(value, "text", where),
        where,
      };
    });
  }
}

async function readQueries(path: string, qrels: Qrels): Promise<QueryList> {
  const list = createQueryList(qrels);
  for await (const batch of readJsonLines(path)) {
    for (const { line, value } of batch) {
      const where = `${path}:${line}`;
      list.add({
        id: requiredId(value, "_id", where),
        text: requiredText(value, "text", where),
        excluded: idList(value, "excluded_ids", where),
        where,
      });
    }
  }
  return list;
}
