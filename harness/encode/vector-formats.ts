import { HarnessError } from "../errors.ts";
import { readArrowRows } from "../storage/arrow-rows.ts";
import { readJsonLines } from "../storage/jsonl.ts";
import { openNpyMatrix } from "../storage/npy.ts";
import { readParquetRows } from "../storage/parquet.ts";
import { openFaissFile } from "./faiss-vectors.ts";
import type { VectorFields, VectorFile } from "./vector-file.ts";
import { type TableRow, tableVectors } from "./vector-tables.ts";

type VectorFormat = {
  /** How names of such files end, in lower case. */
  readonly endings: readonly string[];
  readonly hasIds: boolean;
  open(path: string, fields: VectorFields): Promise<VectorFile>;
};

const BLOCK_BYTES = 4 << 20;

/** Names of the formats that vectors can be read from. */
export const VECTOR_FORMATS = ["npy", "parquet", "arrow", "jsonl", "faiss"] as const;

type VectorFormatName = (typeof VECTOR_FORMATS)[number];

/** A further format is a further entry. */
export const vectorFormats: Readonly<Record<VectorFormatName, VectorFormat>> = {
  npy: { endings: [".npy"], hasIds: false, open: openNpy },
  parquet: {
    endings: [".parquet"],
    hasIds: true,
    open: (path, fields) => tableVectors(path, fields, () => rowBatches(readParquetRows, path, fields)),
  },
  arrow: {
    endings: [".arrow", ".feather", ".ipc"],
    hasIds: true,
    open: (path, fields) => tableVectors(path, fields, () => rowBatches(readArrowRows, path, fields)),
  },
  jsonl: {
    endings: [".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz"],
    hasIds: true,
    open: (path, fields) => tableVectors(path, fields, () => lineBatches(path)),
  },
  faiss: { endings: [".faiss", ".index"], hasIds: true, open: openFaissFile },
};

/** The format whose ending a path has. */
export function formatOf(path: string): VectorFormatName | undefined {
  const lower = path.toLowerCase();
  return VECTOR_FORMATS.find((name) => vectorFormats[name].endings.some((ending) => lower.endsWith(ending)));
}

async function openNpy(path: string): Promise<VectorFile> {
  const { count, dim, read } = await openNpyMatrix(path);
  if (dim === 0) throw new HarnessError("DATA_INVALID", "expected vectors, found rows of no values.", { where: path });
  const size = Math.max(1, Math.floor(BLOCK_BYTES / (dim * Float64Array.BYTES_PER_ELEMENT)));
  return {
    dim,
    read,
    async *blocks() {
      for (let first = 0; first < count; first += size) {
        const rows = Array.from({ length: Math.min(size, count - first) }, (_, index) => first + index);
        yield { ids: undefined, values: await read(rows) };
      }
    },
  };
}

type RowReader = (path: string, columns: readonly string[]) => AsyncIterable<readonly Row[]>;
type Row = { readonly row: number; readonly value: Readonly<Record<string, unknown>> };

async function* rowBatches(
  read: RowReader,
  path: string,
  { idField, vectorField }: VectorFields,
): AsyncGenerator<readonly TableRow[]> {
  for await (const batch of read(path, idField === undefined ? [vectorField] : [idField, vectorField])) {
    yield batch.map(({ row, value }) => ({ value, where: `${path}: row ${row}` }));
  }
}

async function* lineBatches(path: string): AsyncGenerator<readonly TableRow[]> {
  for await (const batch of readJsonLines(path)) {
    yield batch.map(({ line, value }) => ({ value, where: `${path}:${line}` }));
  }
}
