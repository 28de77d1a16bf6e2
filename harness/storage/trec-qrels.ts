import type { Qrels } from "../domain/qrels.ts";
import { HarnessError } from "../errors.ts";
import { parseJsonObject } from "./jsonl.ts";
import { createJudgementList, type Judgement, type LoadedQrels } from "./judgement-list.ts";
import { readLineBatches } from "./text-lines.ts";
import { holdsNoData, type LinePlace, placeOf, splitFields } from "./trec-fields.ts";
import { type IdReading, readId } from "./trec-ids.ts";

/** Judgement of a line that is not blank; undefined where it holds none. */
type LineParser = (text: string, line: LinePlace) => Judgement | undefined;

const BEIR_HEADER = "query-id\tcorpus-id\tscore";

/**
 * Qrels of a file, plain or gzip, in one of three formats told by its first line: BEIR's TSV (the header line
 * `query-id corpus-id score`; parted by single tabs, so ids may hold spaces), JSON Lines with those three keys, or else
 * TREC (`query iteration doc grade`, spaces or tabs, iteration not read). Blank lines are passed over, and in TREC files
 * lines that begin with `#`, as by trec_eval 10. Grades are whole numbers; negative ones are kept.
 *
 * A file without judgements gives qrels without queries.
 *
 * @param ids how ids of a TREC file are to be read; the other formats hold any id as it is
 * @throws {HarnessError} with `path:line`: `DATA_INVALID` for another number of fields or a grade that is no whole
 *   number, `DUPLICATE_ID` for a (query, doc) pair with two grades; and as `readLineBatches`
 */
export async function readQrels(
  path: string,
  { ids = "as-is" }: { readonly ids?: IdReading } = {},
): Promise<LoadedQrels> {
  const list = createJudgementList();
  let parse: LineParser | undefined;
  for await (const { first, lines } of readLineBatches(path)) {
    for (const [index, text] of lines.entries()) {
      if (text.trim() === "") continue;
      parse ??= parserFor(text, ids);
      const place = { path, line: first + index };
      const judgement = parse(text, place);
      if (judgement !== undefined) list.add(judgement, placeOf(place));
    }
  }
  return list.loaded();
}

function parserFor(firstLine: string, ids: IdReading): LineParser {
  if (firstLine.trimStart().startsWith("{")) return parseJson;
  if (firstLine.trimEnd() === BEIR_HEADER) return parseBeir;
  return (text, place) => parseTrec(text, place, ids);
}

function parseTrec(text: string, place: LinePlace, ids: IdReading): Judgement | undefined {
  const line = { ...place, fields: splitFields(text) };
  if (holdsNoData(line.fields)) return undefined;
  const [query, , doc, grade] = line.fields;
  if (line.fields.length !== 4 || query === undefined || doc === undefined || grade === undefined) {
    throw new HarnessError("DATA_INVALID", `expected 4 fields, got ${line.fields.length}.`, {
      where: placeOf(place),
      hint: "TREC qrels have `query iteration doc grade`; BEIR's begin with the line `query-id corpus-id score`, in tabs.",
    });
  }
  return { query: readId(query, ids, place), doc: readId(doc, ids, place), grade };
}

function parseBeir(text: string, place: LinePlace): Judgement | undefined {
  if (text.trimEnd() === BEIR_HEADER) return undefined;
  const [query, doc, grade, ...more] = text.split("\t");
  if (!query || !doc || grade === undefined || more.length > 0) {
    throw new HarnessError("DATA_INVALID", "expected `query-id`, `corpus-id` and `score`, parted by two tabs.", {
      where: placeOf(place),
    });
  }
  return { query, doc, grade: grade.trim() };
}

function parseJson(text: string, place: LinePlace): Judgement {
  const { "query-id": query, "corpus-id": doc, score } = parseJsonObject(text, placeOf(place));
  if (typeof query !== "string" || typeof doc !== "string" || typeof score !== "number") {
    throw new HarnessError("DATA_INVALID", "expected texts `query-id` and `corpus-id` and a number `score`.", {
      where: placeOf(place),
    });
  }
  return { query, doc, grade: String(score) };
}

/**
 * Qrels as BEIR's TSV, header first.
 *
 * @throws {HarnessError} `ID_NOT_WRITABLE` for an id with a tab or a line end
 */
export function formatBeirQrels(qrels: Qrels): string {
  const lines = [BEIR_HEADER];
  for (const [query, judgements] of qrels) {
    for (const [doc, grade] of judgements) lines.push(`${tabField(query)}\t${tabField(doc)}\t${grade}`);
  }
  return `${lines.join("\n")}\n`;
}

function tabField(id: string): string {
  if (!/[\t\r\n]/.test(id)) return id;
  throw new HarnessError("ID_NOT_WRITABLE", `a TSV file cannot hold the id ${JSON.stringify(id)}.`, {
    hint: "Rename it in the dataset.",
  });
}
