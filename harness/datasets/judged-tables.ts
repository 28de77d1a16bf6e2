import { docId } from "../domain/ids.ts";
import { HarnessError } from "../errors.ts";
import { createJudgementList, type LoadedQrels } from "../storage/judgement-list.ts";
import { createQueryList, type QueryList } from "./query-list.ts";
import { type Columns, readTable, type TableRow } from "./table-rows.ts";
import { idList, optionalText, requiredId, requiredText } from "./text-field.ts";
import type { RawDataset, RawDocument } from "./types.ts";

/** Absolute paths of a table's files, and where the wanted values stand in them. */
type Table<Wanted extends Columns> = { readonly paths: readonly string[]; readonly columns: Wanted };

type CorpusColumns = {
  readonly id: Columns[string];
  readonly title: Columns[string];
  readonly text: Columns[string];
};
type QueryColumns = {
  readonly id: Columns[string];
  readonly text: Columns[string];
  readonly excluded: Columns[string];
};
type QrelsColumns = {
  readonly query: Columns[string];
  readonly doc: Columns[string];
  readonly grade: Columns[string];
};

export type JudgedTables = {
  readonly where: string;
  readonly corpus: Table<CorpusColumns>;
  readonly queries: Table<QueryColumns>;
  /** Rows whose column has another value are left out, as another split's. */
  readonly partition?: { readonly column: Columns[string]; readonly value: string } | undefined;
  /** A table, or judgements that are read already. */
  readonly qrels: Table<QrelsColumns> | LoadedQrels;
};

/** A dataset of three tables. Ids that are numbers are taken as printed, and noted. */
export async function readJudgedTables(tables: JudgedTables): Promise<RawDataset> {
  const numbers = new Map<string, number>();
  const { qrels, duplicates } = "paths" in tables.qrels ? await readQrelsTable(tables.qrels, numbers) : tables.qrels;
  const list = createQueryList(qrels);
  await readQueries(tables, list, numbers);
  return {
    where: tables.where,
    documents: () => readDocuments(tables.corpus, numbers),
    queries: list.queries,
    qrels,
    get notes() {
      return [
        ...(duplicates === 0 ? [] : [`${duplicates} repeated judgements were collapsed.`]),
        ...list.notes(),
        ...Array.from(numbers, ([what, count]) => `${count} ids of ${what} are numbers; they were taken as printed.`),
      ];
    },
  };
}

type NumberCounts = Map<string, number>;

async function readQrelsTable({ paths, columns }: Table<QrelsColumns>, numbers: NumberCounts): Promise<LoadedQrels> {
  const list = createJudgementList();
  let printed = 0;
  for await (const batch of readTable(paths, columns)) {
    for (const { fields, where } of batch) {
      printed += [fields["query"], fields["doc"]].filter((id) => typeof id === "number").length;
      const judgement = { query: requiredId(fields, "query", where), doc: requiredId(fields, "doc", where) };
      list.add({ ...judgement, grade: gradeText(fields["grade"], where) }, where);
    }
  }
  if (printed > 0) numbers.set("the judgements", printed);
  return list.loaded();
}

function gradeText(grade: unknown, where: string): string {
  if (typeof grade === "number" || typeof grade === "string") return String(grade).trim();
  throw new HarnessError("DATA_INVALID", `expected a whole number as the grade, got ${JSON.stringify(grade)}.`, {
    where,
  });
}

async function readQueries(
  { queries, partition }: JudgedTables,
  list: QueryList,
  numbers: NumberCounts,
): Promise<void> {
  const columns: Columns =
    partition === undefined ? queries.columns : { ...queries.columns, partition: partition.column };
  let printed = 0;
  for await (const batch of readTable(queries.paths, columns)) {
    for (const { fields, where } of batch) {
      if (partition !== undefined && fields["partition"] !== partition.value) continue;
      if (typeof fields["id"] === "number") printed += 1;
      list.add({
        id: requiredId(fields, "id", where),
        text: requiredText(fields, "text", where),
        excluded: idList(fields, "excluded", where),
        where,
      });
    }
  }
  if (printed > 0) numbers.set("the queries", printed);
}

async function* readDocuments(
  { paths, columns }: Table<CorpusColumns>,
  numbers: NumberCounts,
): AsyncGenerator<readonly RawDocument[]> {
  let printed = 0;
  for await (const batch of readTable(paths, columns)) {
    printed += batch.filter(({ fields }) => typeof fields["id"] === "number").length;
    yield batch.map(documentOf);
  }
  if (printed > 0) numbers.set("the corpus", printed);
}

/** The document of a row with `id`, `text` and perhaps `title`; a text that is null is empty. */
export function documentOf({ fields, where }: TableRow): RawDocument {
  return {
    id: docId(requiredId(fields, "id", where)),
    title: optionalText(fields, "title", where) ?? "",
    text: optionalText(fields, "text", where) ?? "",
    where,
  };
}
