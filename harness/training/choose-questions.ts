import type { Dataset } from "../domain/dataset.ts";
import type { DocId } from "../domain/ids.ts";
import type { Query } from "../domain/query.ts";
import { composeView } from "../domain/view.ts";
import type { LeakageCheck } from "./leakage.ts";
import { seededOrder } from "./seeded-splits.ts";

/** A query to train on, and what is relevant to it. */
export type TrainingQuestion = {
  readonly id: string;
  readonly query: Query;
  /** The gold document: of the highest grade, of several the first in the corpus. */
  readonly positive: { readonly id: DocId; readonly row: number; readonly text: string };
  /** Rows of all relevant documents, and of those that may not be returned; ascending. */
  readonly relevant: Int32Array;
  readonly excluded: Int32Array;
};

export type QuestionRules = {
  readonly queries: readonly Query[];
  readonly leakage: LeakageCheck;
  readonly seed: number;
  /** A sample of the queries that are left. */
  readonly maxQueries: number | undefined;
};

export type ChosenQuestions = {
  readonly questions: readonly TrainingQuestion[];
  readonly read: number;
  readonly dropped: ReadonlyMap<string, number>;
};

/**
 * Chooses the queries that have a text and a relevant document with one, and that do not leak; then a sample of them. One pass
 * over the corpus; the gold documents are held.
 */
export async function chooseQuestions(dataset: Dataset, rules: QuestionRules): Promise<ChosenQuestions> {
  const { queries, leakage, seed, maxQueries } = rules;
  const rows = new Map<string, number>(dataset.docIds.map((id, row) => [id, row]));
  const golds = queries.map((query) => relevantRows(query, dataset, rows));
  const texts = await textsOf(dataset, new Set(golds.flatMap(([best]) => (best === undefined ? [] : [best]))));
  const dropped = new Map<string, number>();
  const questions: TrainingQuestion[] = [];
  for (const [at, query] of queries.entries()) {
    const [best, ...others] = golds[at] ?? [];
    const question =
      best === undefined
        ? "no relevant document in the corpus"
        : asQuestion(query, { best, others, text: texts.get(best) ?? "", dataset, rows, leakage });
    if (typeof question === "string") dropped.set(question, (dropped.get(question) ?? 0) + 1);
    else questions.push(question);
  }
  if (maxQueries === undefined || questions.length <= maxQueries) return { questions, read: queries.length, dropped };
  dropped.set("not sampled", questions.length - maxQueries);
  const ids = questions.map(({ id }) => id);
  const sampled = new Set(seededOrder(ids, seed, "training queries").slice(0, maxQueries));
  return { questions: questions.filter(({ id }) => sampled.has(id)), read: queries.length, dropped };
}

type Rows = ReadonlyMap<string, number>;

/** The gold document first. */
function relevantRows({ id }: Query, { qrels }: Dataset, rows: Rows): readonly number[] {
  const judged = Array.from(qrels.get(id) ?? [], ([docId, grade]) => ({ row: rows.get(docId), grade }));
  return judged
    .flatMap(({ row, grade }) => (row === undefined || grade < 1 ? [] : [{ row, grade }]))
    .sort((a, b) => b.grade - a.grade || a.row - b.row)
    .map(({ row }) => row);
}

async function textsOf({ corpus }: Dataset, wanted: ReadonlySet<number>): Promise<ReadonlyMap<number, string>> {
  const texts = new Map<number, string>();
  let row = 0;
  for await (const view of corpus.views()) {
    if (wanted.has(row)) texts.set(row, composeView(view));
    row += 1;
  }
  return texts;
}

type Gold = {
  readonly best: number;
  readonly others: readonly number[];
  readonly text: string;
  readonly dataset: Dataset;
  readonly rows: Rows;
  readonly leakage: LeakageCheck;
};

/** @returns the reason when it is dropped */
function asQuestion(query: Query, { best, others, text, dataset, rows, leakage }: Gold): TrainingQuestion | string {
  const id = dataset.docIds[best];
  if (query.text.trim() === "") return "no text";
  if (id === undefined || text.trim() === "") return "an empty gold document";
  const documents = [{ dataset: dataset.id, id, text }];
  const subject = { id: query.id, documents, texts: [query.text], flaggedGold: undefined };
  if (leakage.excludes(subject)) return "leak";
  const relevant = Int32Array.from([best, ...others]).sort();
  return {
    id: query.id,
    query,
    positive: { id, row: best, text },
    relevant,
    excluded: excludedRows(query, dataset, rows),
  };
}

function excludedRows({ id, excluded }: Query, { policy }: Dataset, rows: Rows): Int32Array {
  const ids: readonly string[] = policy.selfId === "drop" ? [...excluded, id] : excluded;
  return Int32Array.from(new Set(ids.flatMap((one) => rows.get(one) ?? []))).sort();
}
