import type { DocId, QueryId } from "../../domain/ids.ts";
import type { FusedDoc } from "../../domain/run.ts";
import { readParquetRows } from "../../storage/parquet.ts";
import { openParquetWriter, type ParquetColumn } from "../../storage/parquet-writer.ts";

/** A hit of a cell that fuses channels: where it stands and what its score is made of. Channel scores are float32. */
export type ChannelHit = FusedDoc & {
  readonly queryId: QueryId;
  /** From 1, as in the run file. */
  readonly rank: number;
};

/** The file of a cell's scores by channel while it is being written; it appears with `commit`. */
export type ChannelWriter = {
  write(queryId: QueryId, ranking: readonly FusedDoc[]): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
};

const COLUMNS = [
  { name: "query_id", type: "text" },
  { name: "doc_id", type: "text", bounded: false },
  { name: "rank", type: "int32", varied: true, bounded: false },
  { name: "score", type: "double", varied: true, bounded: false },
  { name: "document_score", type: "float", varied: true, bounded: false },
  { name: "scenario_score", type: "float", varied: true, bounded: false },
  { name: "scenario_id", type: "text", bounded: false },
] as const satisfies readonly ParquetColumn[];

type Column = (typeof COLUMNS)[number]["name"];

/** Many cells are written side by side; each holds one group of rows in memory. */
const ROWS_PER_GROUP = 8_192;

/** Opens the parquet file of a cell's scores by channel: a row a hit, in the order of the run file. */
export async function openChannelWriter(path: string): Promise<ChannelWriter> {
  const file = await openParquetWriter(path, COLUMNS);
  let group = emptyGroup();
  async function flush(): Promise<void> {
    if (group.rank.length > 0) await file.write(group);
    group = emptyGroup();
  }
  return {
    abort: file.abort,
    async write(queryId, ranking) {
      for (const [index, hit] of ranking.entries()) addRow(group, queryId, index + 1, hit);
      if (group.rank.length >= ROWS_PER_GROUP) await flush();
    },
    async commit() {
      await flush();
      await file.commit();
    },
  };
}

function emptyGroup(): Record<Column, unknown[]> {
  return {
    ...{ query_id: [], doc_id: [], rank: [], score: [] },
    ...{ document_score: [], scenario_score: [], scenario_id: [] },
  };
}

function addRow(group: Record<Column, unknown[]>, queryId: QueryId, rank: number, hit: FusedDoc): void {
  group.query_id.push(queryId);
  group.doc_id.push(hit.docId);
  group.rank.push(rank);
  group.score.push(hit.score);
  group.document_score.push(hit.documentScore);
  group.scenario_score.push(hit.scenario?.score ?? null);
  group.scenario_id.push(hit.scenario?.id ?? null);
}

type ChannelRow = {
  readonly query_id: QueryId;
  readonly doc_id: DocId;
  readonly rank: number;
  readonly score: number;
  readonly document_score: number;
  readonly scenario_score: number | null;
  readonly scenario_id: string | null;
};

/**
 * Hits of a cell with what their scores are made of, in the order of its run file.
 *
 * @param depth the last rank that is wanted; all without it
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`, `DATA_INVALID` for a file that is no such table
 */
export async function* readChannelScores(path: string, depth = Infinity): AsyncGenerator<ChannelHit> {
  const names = COLUMNS.map(({ name }) => name);
  const keep = { column: "rank", accepts: (rank: number) => rank <= depth };
  for await (const batch of readParquetRows(path, names, { keep })) {
    // the table is one of ours: a cell's manifest holds its digest
    for (const { value } of batch) yield hitOf(value as ChannelRow);
  }
}

function hitOf(row: ChannelRow): ChannelHit {
  const { scenario_score: score, scenario_id: id } = row;
  return {
    ...{
      queryId: row.query_id,
      docId: row.doc_id,
      rank: row.rank,
      score: row.score,
      documentScore: row.document_score,
    },
    scenario: score === null || id === null ? undefined : { score, id },
  };
}
