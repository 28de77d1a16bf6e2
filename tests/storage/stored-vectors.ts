import type { Embeddings, StoredVectors, VectorPrecision } from "../../harness/domain/embeddings.ts";

export type StoreOptions = {
  readonly write: (name: string, content: Uint8Array) => Promise<string>;
  readonly precision: VectorPrecision;
  /** Rows of each run; the files take turns. */
  readonly runs: readonly number[];
  readonly files: number;
};

/** Writes vectors as runs in files, with a few other bytes before every run. */
export async function storeVectors({ dim, rows }: Embeddings, options: StoreOptions): Promise<StoredVectors> {
  const { write, precision, runs, files } = options;
  const contents = Array.from({ length: files }, () => Buffer.from([1, 2, 3]));
  const places: { firstRow: number; file: number; offset: number }[] = [];
  let row = 0;
  for (const [run, count] of runs.entries()) {
    const file = run % files;
    const before = Buffer.concat([contents[file] ?? Buffer.alloc(0), Buffer.from([9, 9])]);
    places.push({ firstRow: row, file, offset: before.length });
    contents[file] = Buffer.concat([before, encode(rows.subarray(row * dim, (row + count) * dim), precision)]);
    row += count;
  }
  return {
    count: row,
    dim,
    precision,
    files: await Promise.all(contents.map((content, file) => write(`vectors-${precision}-${file}`, content))),
    runs: {
      firstRows: Uint32Array.from(places, ({ firstRow }) => firstRow),
      files: Uint32Array.from(places, ({ file }) => file),
      offsets: Float64Array.from(places, ({ offset }) => offset),
    },
  };
}

function encode(values: Float32Array, precision: VectorPrecision): Buffer {
  if (precision === "float32") return Buffer.from(values.slice().buffer);
  return Buffer.from(Uint16Array.from(values, halfBits).buffer);
}

/** float16 bits of a value that float16 holds exactly, normal or zero: sign, exponent with bias 15, ten bits of fraction. */
function halfBits(value: number): number {
  const sign = value < 0 ? 0x8000 : 0;
  if (value === 0) return sign;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const fraction = Math.abs(value) / 2 ** exponent - 1;
  return sign | ((exponent + 15) << 10) | (fraction * 1024);
}
