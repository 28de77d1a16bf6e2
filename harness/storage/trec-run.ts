import type { DocId, QueryId } from "../domain/ids.ts";
import { compareScoredDocs, type Ranking, type Run, type ScoredDoc } from "../domain/run.ts";
import { HarnessError } from "../errors.ts";
import { readLineBatches } from "./text-lines.ts";
import { type FieldLine, holdsNoData, placeOf, splitFields } from "./trec-fields.ts";
import { type IdReading, type IdWriting, readId, writeId } from "./trec-ids.ts";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Decimal digits of a written score: the shortest that reads back equal, or nine, all that float32 tells apart. */
type ScoreDigits = "shortest" | "nine";

export type RunLineOptions = {
  /** Name of the system, without white space. */
  readonly tag: string;
  readonly ids?: IdWriting;
  readonly scores?: ScoreDigits;
};

/** A query's ranking while it is being read, with the documents seen so far. */
type Growing = { readonly ranking: ScoredDoc[]; readonly seen: Set<DocId> };

/**
 * A TREC run (`query Q0 doc rank score tag`, plain or gzip), every ranking by score with trec_eval's tie-break. The rank
 * column is not read. Blank lines and lines that begin with `#` are passed over, as by trec_eval 10. A file without any
 * other line is a run without queries.
 *
 * Deviation from trec_eval, which ignores what follows the sixth field: an id or a tag with a space gives seven fields
 * and would be parted wrongly, so it is an error here.
 *
 * @throws {HarnessError} with `path:line`: `DATA_INVALID` for another number of fields, `SCORE_INVALID` for a score that
 *   is not a finite decimal number, `DUPLICATE_ID` for a second line of one (query, doc) pair; and as `readLineBatches`
 */
export async function readRun(path: string, { ids = "as-is" }: { readonly ids?: IdReading } = {}): Promise<Run> {
  const growing = new Map<QueryId, Growing>();
  for await (const { first, lines } of readLineBatches(path)) {
    for (let index = 0; index < lines.length; index++) {
      const fields = splitFields(lines[index] ?? "");
      if (!holdsNoData(fields)) addLine(growing, { fields, path, line: first + index }, ids);
    }
  }
  return new Map([...growing].map(([queryId, { ranking }]) => [queryId, ranking.sort(compareScoredDocs)]));
}

/**
 * Lines of one query for a TREC run, each with its end; ranks from 1 in the order of the ranking, which is the caller's.
 *
 * @throws {HarnessError} `ID_NOT_WRITABLE` for an id or tag that a field cannot hold, `SCORE_INVALID` for NaN or infinity
 */
export function formatRunLines(
  queryId: QueryId,
  ranking: Ranking,
  { tag, ids = "refuse", scores = "shortest" }: RunLineOptions,
): string {
  const query = writeId(queryId, ids);
  const system = writeId(tag, ids);
  return ranking
    .map(({ docId, score }, index) => {
      if (!Number.isFinite(score)) {
        throw new HarnessError("SCORE_INVALID", `expected finite scores, got ${score} for document \`${docId}\`.`, {
          where: `query \`${queryId}\``,
        });
      }
      const digits = scores === "nine" ? Number(score.toPrecision(9)) : score;
      return `${query} Q0 ${writeId(docId, ids)} ${index + 1} ${digits} ${system}\n`;
    })
    .join("");
}

function addLine(growing: Map<QueryId, Growing>, line: FieldLine, ids: IdReading): void {
  const [query, , doc, , number] = line.fields;
  if (line.fields.length !== 6 || query === undefined || doc === undefined || number === undefined) {
    throw new HarnessError("DATA_INVALID", `expected 6 fields, got ${line.fields.length}.`, {
      where: placeOf(line),
      hint: "A TREC run has `query Q0 doc rank score tag`; ids and the tag cannot hold white space.",
    });
  }
  const score = NUMBER.test(number) ? Number(number) : Number.NaN;
  if (!Number.isFinite(score)) {
    throw new HarnessError("SCORE_INVALID", `expected a finite score in field 5, got \`${number}\`.`, {
      where: placeOf(line),
    });
  }
  const queryId = readId(query, ids, line) as QueryId;
  const docId = readId(doc, ids, line) as DocId;
  const known = growing.get(queryId);
  if (known === undefined) {
    growing.set(queryId, { ranking: [{ docId, score }], seen: new Set([docId]) });
    return;
  }
  if (known.seen.has(docId)) {
    throw new HarnessError("DUPLICATE_ID", `document \`${docId}\` stands twice in the ranking of \`${queryId}\`.`, {
      where: placeOf(line),
      hint: "Keep one line for every document of a query.",
    });
  }
  known.seen.add(docId);
  known.ranking.push({ docId, score });
}
