import type { Dataset } from "../domain/dataset.ts";
import type { DocId, QueryId } from "../domain/ids.ts";
import type { Judgements } from "../domain/qrels.ts";
import type { View } from "../domain/view.ts";
import { createTextHash, hashBytes } from "../storage/content-hash.ts";

export type SampleSize = {
  /** At most so many documents; relevant ones of the kept queries stay even beyond it. */
  readonly documents?: number | undefined;
  /** At most so many queries. */
  readonly queries?: number | undefined;
  readonly seed: number;
};

/**
 * A part of a dataset for quick work: some judged queries, every document that is relevant to one of them, and others up
 * to the size. Which ones depends on the seed and the ids alone, not on the order of the files. Values on a sample are
 * higher than on the whole, because there is less to confuse; its notes say that it is one.
 */
export async function sampleDataset(dataset: Dataset, size: SampleSize): Promise<Dataset> {
  const judged = new Set(pick([...dataset.qrels.keys()], size.queries ?? dataset.qrels.size, size.seed));
  const gold = new Set<DocId>();
  for (const [queryId, judgements] of dataset.qrels) {
    if (!judged.has(queryId)) continue;
    for (const [docId, grade] of judgements) if (grade > 0) gold.add(docId);
  }
  const others = dataset.docIds.filter((docId) => !gold.has(docId));
  const known = dataset.docIds.length - others.length;
  const room = Math.max(0, (size.documents ?? dataset.docIds.length) - known);
  const kept = new Set([...gold, ...pick(others, room, size.seed)]);
  const docIds = dataset.docIds.filter((docId) => kept.has(docId));
  const views = () => keptViews(dataset, kept);
  const qrels = new Map(
    [...dataset.qrels].filter(([id]) => judged.has(id)).map(([id, judgements]) => [id, keptOnly(judgements, kept)]),
  );
  return {
    ...dataset,
    docIds,
    corpus: { count: docIds.length, contentHash: await hashViews(docIds, views()), views },
    queries: dataset.queries.filter(({ id }) => judged.has(id)),
    qrels,
    notes: [
      sampleNote(dataset, { docIds, qrels, seed: size.seed }),
      ...dataset.notes.map((note) => `Of the whole: ${note}`),
    ],
  };
}

/** The `count` ids that come first in an order which the seed shuffles. */
function pick<Id extends DocId | QueryId>(ids: readonly Id[], count: number, seed: number): readonly Id[] {
  if (count >= ids.length) return ids;
  const keyed = ids.map((id) => ({ id, key: hashBytes(`${seed}:${id}`) }));
  return keyed
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, count)
    .map(({ id }) => id);
}

function keptOnly(judgements: Judgements, kept: ReadonlySet<DocId>): Judgements {
  return new Map([...judgements].filter(([docId, grade]) => grade > 0 || kept.has(docId)));
}

async function* keptViews({ corpus, docIds }: Dataset, kept: ReadonlySet<DocId>): AsyncGenerator<View> {
  let row = 0;
  for await (const view of corpus.views()) {
    const docId = docIds[row++];
    if (docId !== undefined && kept.has(docId)) yield view;
  }
}

async function hashViews(docIds: readonly DocId[], views: AsyncIterable<View>): Promise<string> {
  const hash = createTextHash();
  let row = 0;
  for await (const { title, text } of views) hash.add(docIds[row++] ?? "", title, text);
  return hash.digest();
}

function sampleNote(
  whole: Dataset,
  { docIds, qrels, seed }: Pick<Dataset, "docIds" | "qrels"> & { readonly seed: number },
): string {
  const documents = `${docIds.length} of ${whole.docIds.length} documents`;
  const queries = `${qrels.size} of ${whole.qrels.size} queries`;
  return `This is a sample: ${documents}, ${queries}, seed ${seed}. Its figures are not those of the dataset.`;
}
