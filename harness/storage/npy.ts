import { type FileHandle, open } from "node:fs/promises";
import { HarnessError } from "../errors.ts";
import { fileError } from "./file-error.ts";
import { halfToNumber } from "./float16.ts";
import {
  damagedNpy,
  foreignNpy,
  NPY_PREFIX_BYTES,
  type NpyHeader,
  npyHeaderLength,
  parseNpyHeader,
  shapeText,
} from "./npy-header.ts";

/** A matrix of floating-point numbers that stays in its file. */
export type NpyMatrix = {
  readonly count: number;
  readonly dim: number;
  /**
   * Rows in the order asked for, `dim` values each, exact in double; rows that follow each other are read at once.
   *
   * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` when the file has become shorter
   */
  read(rows: readonly number[]): Promise<Float64Array>;
};

type Numbers = { readonly size: number; readonly read: (view: DataView, at: number, isLittle: boolean) => number };

const ORDER = /^[<>=|]/;
const TEXTS_AT_ONCE = 4096;

const FLOATS: ReadonlyMap<string, Numbers> = new Map<string, Numbers>([
  ["f8", { size: 8, read: (view, at, isLittle) => view.getFloat64(at, isLittle) }],
  ["f4", { size: 4, read: (view, at, isLittle) => view.getFloat32(at, isLittle) }],
  ["f2", { size: 2, read: (view, at, isLittle) => halfToNumber(view.getUint16(at, isLittle)) }],
]);

/**
 * Opens a matrix of float16, float32 or float64, in C order and either byte order; format versions 1 to 3. Values are read
 * when they are asked for. An object array is a pickle, which can run code: it is refused by its header.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` for anything else, and for a file that has not
 *   exactly the bytes that its header asks for
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export async function openNpyMatrix(path: string): Promise<NpyMatrix> {
  const { dtype, shape, isFortran, start } = await withFile(path, (file) => readHeader(file, path));
  const [count = 0, dim = 0] = shape;
  const numbers = FLOATS.get(dtype.replace(ORDER, ""));
  if (numbers === undefined) throw wrongType(path, "float16, float32 or float64", dtype);
  if (shape.length !== 2) throw foreignNpy(path, `expected a matrix, found the shape ${shapeText(shape)}.`);
  if (isFortran && count > 1 && dim > 1) {
    throw foreignNpy(path, "expected rows one after the other (C order), found Fortran order.", CONTIGUOUS);
  }
  const rowBytes = dim * numbers.size;
  await withFile(path, (file) => requireBytes(file, path, start + count * rowBytes));
  const isLittle = !dtype.startsWith(">");
  return {
    count,
    dim,
    read: (rows) =>
      withFile(path, async (file) => {
        const bytes = await readRows(file, path, { rows, start, rowBytes });
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        const values = new Float64Array(rows.length * dim);
        for (let at = 0; at < values.length; at++) values[at] = numbers.read(view, at * numbers.size, isLittle);
        return values;
      }),
  };
}

/**
 * The texts of an array of one dimension: strings (`U`), bytes in UTF-8 (`S`), or integers as their digits.
 *
 * @throws as `openNpyMatrix`
 */
export async function readNpyTexts(path: string): Promise<readonly string[]> {
  return await withFile(path, async (file) => {
    const { dtype, shape, start } = await readHeader(file, path);
    const [count = 0] = shape;
    if (shape.length !== 1) throw foreignNpy(path, `expected a list, found the shape ${shapeText(shape)}.`);
    const text = textReader(dtype);
    if (text === undefined) throw wrongType(path, "strings or integers", dtype);
    await requireBytes(file, path, start + count * text.size);
    const texts: string[] = [];
    for (let first = 0; first < count; first += TEXTS_AT_ONCE) {
      const rows = Array.from({ length: Math.min(TEXTS_AT_ONCE, count - first) }, (_, index) => first + index);
      const bytes = await readRows(file, path, { rows, start, rowBytes: text.size });
      for (const index of rows.keys()) {
        const own = bytes.subarray(index * text.size, (index + 1) * text.size);
        texts.push(readText(own, text, `${path}: row ${first + index + 1}`));
      }
    }
    return texts;
  });
}

type TextReader = { readonly size: number; readonly read: (bytes: Uint8Array) => string };

function textReader(dtype: string): TextReader | undefined {
  const [, order, kind, digits] = /^([<>=|]?)([USiu])(\d+)$/.exec(dtype) ?? [];
  const isLittle = order !== ">";
  const length = Number(digits);
  if (kind === "U") return { size: 4 * length, read: (bytes) => unicodeText(bytes, isLittle) };
  if (kind === "S") return { size: length, read: byteText };
  if ((kind === "i" || kind === "u") && [1, 2, 4, 8].includes(length)) {
    return { size: length, read: (bytes) => integerText(bytes, { isLittle, isSigned: kind === "i" }) };
  }
  return undefined;
}

function readText(bytes: Uint8Array, { read }: TextReader, where: string): string {
  try {
    return read(bytes);
  } catch (cause) {
    throw new HarnessError("DATA_INVALID", "expected text, found bytes that are not.", { where, cause });
  }
}

/** Code points of four bytes each; zeros fill what the text leaves. @throws {RangeError} for what is no code point */
function unicodeText(bytes: Uint8Array, isLittle: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += 4) text += String.fromCodePoint(view.getUint32(at, isLittle));
  return text.replace(/\0+$/, "");
}

function byteText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\0+$/, "");
}

function integerText(
  bytes: Uint8Array,
  { isLittle, isSigned }: { readonly isLittle: boolean; readonly isSigned: boolean },
): string {
  const digits = Buffer.from(isLittle ? bytes.toReversed() : bytes).toString("hex");
  const value = BigInt(`0x${digits}`);
  return String(isSigned ? BigInt.asIntN(8 * bytes.length, value) : value);
}

async function withFile<Result>(path: string, work: (file: FileHandle) => Promise<Result>): Promise<Result> {
  try {
    const file = await open(path, "r");
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
}

async function readHeader(file: FileHandle, path: string): Promise<NpyHeader> {
  const prefix = await readBytes(file, 0, NPY_PREFIX_BYTES);
  const { length, textStart } = npyHeaderLength(prefix, path);
  return parseNpyHeader(await readBytes(file, 0, textStart + length), path);
}

/** Fewer bytes come back at the end of the file. */
async function readBytes(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, start);
  return bytes.subarray(0, bytesRead);
}

type Rows = { readonly rows: readonly number[]; readonly start: number; readonly rowBytes: number };

async function readRows(file: FileHandle, path: string, { rows, start, rowBytes }: Rows): Promise<Buffer> {
  const bytes = Buffer.alloc(rows.length * rowBytes);
  for (let first = 0; first < rows.length; ) {
    const row = rows[first] ?? 0;
    let end = first + 1;
    while (end < rows.length && rows[end] === row + end - first) end += 1;
    const length = (end - first) * rowBytes;
    const { bytesRead } = await file.read(bytes, first * rowBytes, length, start + row * rowBytes);
    if (bytesRead < length) throw damagedNpy(path, `it ends in row ${row + Math.floor(bytesRead / rowBytes) + 1}`);
    first = end;
  }
  return bytes;
}

async function requireBytes(file: FileHandle, path: string, expected: number): Promise<void> {
  const { size } = await file.stat();
  if (size !== expected) throw damagedNpy(path, `its header asks for ${expected} bytes and it has ${size}`);
}

const CONTIGUOUS = "Save it with `numpy.save(path, numpy.ascontiguousarray(array))`.";

function wrongType(where: string, expected: string, dtype: string): HarnessError {
  const hint = dtype.includes("O") ? "Object arrays are pickles and are never read; save a plain array." : undefined;
  return foreignNpy(where, `expected ${expected}, found the type \`${dtype}\`.`, hint);
}
