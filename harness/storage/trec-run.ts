import type { DocId, QueryId } from "../domain/ids.ts";
import { compareScoredDocs, type Ranking, type Run, type ScoredDoc } from "../domain/run.ts";
import { HarnessError } from "../errors.ts";
import { readLineBatches } from "./text-lines.ts";
import { findFields, type LinePlace, placeOf } from "./trec-fields.ts";
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

export type RunReading = {
  readonly ids?: IdReading;
  /** Those that are wanted: of the lines of others only the fields are counted. All without it. */
  readonly queries?: ReadonlySet<QueryId> | undefined;
};

/** A query's ranking while it is being read, and the line of each of its documents. */
type Growing = { readonly ranking: ScoredDoc[]; readonly lines: number[] };

const HASH = 35;

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
export async function readRun(path: string, { ids = "as-is", queries }: RunReading = {}): Promise<Run> {
  const growing = new Map<QueryId, Growing>();
  const bounds: number[] = [];
  let query = "";
  let own: Growing | undefined;
  for await (const { first, lines } of readLineBatches(path)) {
    for (let index = 0; index < lines.length; index++) {
      const text = lines[index] ?? "";
      const place = { path, line: first + index };
      if (!isHit(text, bounds, place)) continue;
      // a run has thousands of lines a query, one after the other
      if (!isFirstField(text, bounds, query)) {
        query = text.slice(bounds[0], bounds[1]);
        own = growingOf(readId(query, ids, place) as QueryId, growing, queries);
      }
      if (own === undefined) continue;
      own.ranking.push(readHit({ text, bounds, ids }, place));
      own.lines.push(place.line);
    }
  }
  return new Map(
    Array.from(growing, ([queryId, { ranking, lines }]) => {
      refuseDuplicates(ranking, (at) => ({ path, line: lines[at] ?? 0, queryId }));
      return [queryId, inOrder(ranking)];
    }),
  );
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

/** Leaves in `bounds` where the fields of a line are. @returns whether it holds any, and is no comment */
function isHit(text: string, bounds: number[], place: LinePlace): boolean {
  const count = findFields(text, bounds);
  if (count === 0 || text.charCodeAt(bounds[0] ?? 0) === HASH) return false;
  if (count === 6) return true;
  throw new HarnessError("DATA_INVALID", `expected 6 fields, got ${count}.`, {
    where: placeOf(place),
    hint: "A TREC run has `query Q0 doc rank score tag`; ids and the tag cannot hold white space.",
  });
}

function isFirstField(line: string, [start = 0, end = 0]: readonly number[], field: string): boolean {
  return end - start === field.length && line.startsWith(field, start);
}

function growingOf(
  queryId: QueryId,
  growing: Map<QueryId, Growing>,
  wanted: RunReading["queries"],
): Growing | undefined {
  if (wanted?.has(queryId) === false) return undefined;
  const own = growing.get(queryId) ?? { ranking: [], lines: [] };
  growing.set(queryId, own);
  return own;
}

type HitLine = { readonly text: string; readonly bounds: readonly number[]; readonly ids: IdReading };

function readHit({ text, bounds, ids }: HitLine, place: LinePlace): ScoredDoc {
  const number = text.slice(bounds[8], bounds[9]);
  const score = NUMBER.test(number) ? Number(number) : Number.NaN;
  if (!Number.isFinite(score)) {
    throw new HarnessError("SCORE_INVALID", `expected a finite score in field 5, got \`${number}\`.`, {
      where: placeOf(place),
    });
  }
  return { docId: readId(text.slice(bounds[4], bounds[5]), ids, place) as DocId, score };
}

/** Asked once a ranking is whole: sets of a million ids that grow side by side would take as long as all else. */
function refuseDuplicates(ranking: Ranking, placeAt: (at: number) => LinePlace & { readonly queryId: QueryId }): void {
  const seen = new Set<DocId>();
  for (const [at, { docId }] of ranking.entries()) {
    if (seen.add(docId).size > at) continue;
    const { queryId, ...place } = placeAt(at);
    throw new HarnessError("DUPLICATE_ID", `document \`${docId}\` stands twice in the ranking of \`${queryId}\`.`, {
      where: placeOf(place),
      hint: "Keep one line for every document of a query.",
    });
  }
}

/** Most files are in order, which costs less to see than to sort for. */
function inOrder(ranking: ScoredDoc[]): Ranking {
  const isOrdered = ranking.every((entry, at) => {
    const before = ranking[at - 1];
    return before === undefined || compareScoredDocs(before, entry) <= 0;
  });
  return isOrdered ? ranking : ranking.sort(compareScoredDocs);
}
