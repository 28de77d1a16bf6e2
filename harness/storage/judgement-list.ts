import { type DocId, docId, type QueryId, queryId } from "../domain/ids.ts";
import type { Qrels } from "../domain/qrels.ts";
import { HarnessError } from "../errors.ts";

export type LoadedQrels = {
  readonly qrels: Qrels;
  /** Judgements that the file has a second time with the same grade; they count once. */
  readonly duplicates: number;
};

/** One judgement as its file spells it. */
export type Judgement = { readonly query: string; readonly doc: string; readonly grade: string };

/** Qrels that grow by a judgement at a time; `where` is what a message about it points at. */
export type JudgementList = { add(judgement: Judgement, where: string): void; loaded(): LoadedQrels };

const GRADE = /^[+-]?\d+(?:\.0+)?$/;

/**
 * Collects judgements. Grades are whole numbers; negative ones are kept.
 *
 * @throws {HarnessError} from `add`: `DATA_INVALID` for a grade that is no whole number, `DUPLICATE_ID` for a
 *   (query, doc) pair with two grades
 */
export function createJudgementList(): JudgementList {
  const growing = new Map<QueryId, Map<DocId, number>>();
  let duplicates = 0;
  return {
    add({ query, doc, grade: text }, where) {
      const grade = Number(text);
      if (!GRADE.test(text) || !Number.isSafeInteger(grade)) {
        throw new HarnessError("DATA_INVALID", `expected a whole number as the grade, got \`${text}\`.`, { where });
      }
      const judgements = growing.get(queryId(query)) ?? new Map<DocId, number>();
      growing.set(queryId(query), judgements);
      const known = judgements.get(docId(doc));
      if (known !== undefined && known !== grade) {
        throw new HarnessError("DUPLICATE_ID", `document \`${doc}\` of query \`${query}\` has two grades.`, {
          where,
          hint: `Keep one line for every document of a query; the grades are ${known} and ${grade}.`,
        });
      }
      judgements.set(docId(doc), grade);
      if (known !== undefined) duplicates += 1;
    },
    loaded: () => ({ qrels: growing, duplicates }),
  };
}
