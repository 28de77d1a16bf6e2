import type { Dataset } from "../domain/dataset.ts";
import { composeView } from "../domain/view.ts";
import type { TrainingQuestion } from "./choose-questions.ts";
import type { Mined, Negative } from "./mine-negatives.ts";
import { seededOrder } from "./seeded-splits.ts";
import { textDigest } from "./text-digest.ts";

/** A question with what was mined for it. */
export type MinedQuestion = { readonly question: TrainingQuestion; readonly mined: Mined };

export type NegativeRules = {
  /** Of a question, exactly. */
  readonly negatives: number;
  readonly choose: "sample" | "hardest";
  readonly seed: number;
};

export type ChosenNegative = Negative & { readonly id: string; readonly text: string };

export type ChosenNegatives = {
  /** By question id; a question without enough is absent. */
  readonly negatives: ReadonlyMap<string, readonly ChosenNegative[]>;
  /** Mined documents whose text is that of a relevant one, of another negative, or empty. */
  readonly twins: number;
};

/**
 * Chooses the negatives of every question among those that were mined, best ranked first. Documents with the text of a relevant
 * one are none. Two passes over the corpus: for digests of what was mined, and for the texts that were chosen.
 */
export async function chooseNegatives(
  { docIds, corpus }: Pick<Dataset, "docIds" | "corpus">,
  questions: readonly MinedQuestion[],
  { negatives: count, choose, seed }: NegativeRules,
): Promise<ChosenNegatives> {
  const wanted = questions.flatMap(({ question, mined }) => [...question.relevant, ...rowsOf(mined.negatives)]);
  const digests = await readRows(corpus, new Set(wanted), (text) => textDigest(text));
  let twins = 0;
  const chosen = questions.flatMap(({ question, mined }) => {
    const own = distinct(question, mined.negatives, digests);
    twins += mined.negatives.length - own.length;
    if (own.length < count) return [];
    const byId = new Map<string, Negative>(own.map((one) => [docIds[one.row] ?? "", one]));
    const order =
      choose === "hardest" ? [...byId.keys()] : seededOrder([...byId.keys()], seed, `negatives\n${question.id}`);
    const taken = order.slice(0, count).flatMap((id) => {
      const one = byId.get(id);
      return one === undefined ? [] : [{ ...one, id }];
    });
    return [{ id: question.id, taken: taken.sort((a, b) => a.rank - b.rank) }];
  });
  const texts = await readRows(corpus, new Set(chosen.flatMap(({ taken }) => rowsOf(taken))), (text) => text);
  const withTexts = chosen.map(({ id, taken }) => {
    return [id, taken.map((one) => ({ ...one, text: texts.get(one.row) ?? "" }))] as const;
  });
  return { negatives: new Map(withTexts), twins };
}

function rowsOf(negatives: readonly Negative[]): readonly number[] {
  return negatives.map(({ row }) => row);
}

function distinct(
  { relevant }: TrainingQuestion,
  negatives: readonly Negative[],
  digests: ReadonlyMap<number, string | undefined>,
): readonly Negative[] {
  const seen = new Set(Array.from(relevant, (row) => digests.get(row)));
  return negatives.filter(({ row }) => {
    const digest = digests.get(row);
    const isNew = digest !== undefined && !seen.has(digest);
    seen.add(digest);
    return isNew;
  });
}

async function readRows<Value>(
  corpus: Dataset["corpus"],
  wanted: ReadonlySet<number>,
  read: (text: string) => Value,
): Promise<ReadonlyMap<number, Value>> {
  const found = new Map<number, Value>();
  let row = 0;
  for await (const view of corpus.views()) {
    if (wanted.has(row)) found.set(row, read(composeView(view)));
    row += 1;
  }
  return found;
}
