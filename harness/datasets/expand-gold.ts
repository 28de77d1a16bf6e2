import type { Dataset } from "../domain/dataset.ts";
import type { DocId } from "../domain/ids.ts";
import type { Judgements, Qrels } from "../domain/qrels.ts";
import { composeView } from "../domain/view.ts";
import { hashBytes } from "../storage/content-hash.ts";

/**
 * Judges every document whose text equals a relevant one's, white space around it aside, as relevant as that one. A
 * document that is judged already, or excluded for the query, keeps its state.
 *
 * Two passes over the corpus; memory holds the texts of relevant documents as hashes.
 * Source: the idea of Pyserini's adjusted BRIGHT qrels (scripts/bright/create_adjusted_qrels.py)
 */
export async function expandGold(dataset: Dataset): Promise<Dataset> {
  const twins = await findTwins(dataset);
  const excluded = new Map(dataset.queries.map((query) => [query.id, new Set(query.excluded)]));
  const qrels = new Map(
    Array.from(dataset.qrels, ([queryId, judgements]) => [
      queryId,
      expandJudgements(judgements, twins, excluded.get(queryId) ?? new Set()),
    ]),
  );
  const count = (all: Qrels) => [...all.values()].reduce((sum, { size }) => sum + size, 0);
  const added = count(qrels) - count(dataset.qrels);
  const note = `${added} judgements were added for documents whose text equals a relevant one's (duplicates: expand-gold).`;
  return { ...dataset, qrels, notes: [...dataset.notes, note] };
}

function expandJudgements(
  judgements: Judgements,
  twins: ReadonlyMap<DocId, readonly DocId[]>,
  excluded: ReadonlySet<DocId>,
): Judgements {
  const expanded = new Map(judgements);
  for (const [docId, grade] of judgements) {
    const own = grade > 0 ? (twins.get(docId) ?? []) : [];
    for (const twin of own.filter((id) => !judgements.has(id) && !excluded.has(id))) {
      expanded.set(twin, Math.max(grade, expanded.get(twin) ?? 0));
    }
  }
  return expanded;
}

/** All documents of equal text, by each relevant document. */
async function findTwins({ corpus, docIds, qrels }: Dataset): Promise<ReadonlyMap<DocId, readonly DocId[]>> {
  const gold = new Set<DocId>();
  for (const judgements of qrels.values()) for (const [docId, grade] of judgements) if (grade > 0) gold.add(docId);
  const groups = new Map<string, DocId[]>();
  await eachText({ corpus, docIds }, (docId, text) => {
    if (gold.has(docId)) groups.set(hashBytes(text), []);
  });
  await eachText({ corpus, docIds }, (docId, text) => {
    if (groups.size > 0) groups.get(hashBytes(text))?.push(docId);
  });
  const twins = new Map<DocId, readonly DocId[]>();
  for (const group of groups.values()) for (const docId of group) if (gold.has(docId)) twins.set(docId, group);
  return twins;
}

async function eachText(
  { corpus, docIds }: Pick<Dataset, "corpus" | "docIds">,
  visit: (docId: DocId, text: string) => void,
): Promise<void> {
  let row = 0;
  for await (const view of corpus.views()) {
    const docId = docIds[row++];
    const text = composeView(view).trim();
    // texts that are empty are alike for no reason that has to do with relevance
    if (docId !== undefined && text !== "") visit(docId, text);
  }
}
