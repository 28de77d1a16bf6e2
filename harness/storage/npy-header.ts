import { HarnessError } from "../errors.ts";

/** What the header of a .npy file says; `start` is the byte at which the values begin. */
export type NpyHeader = {
  /** numpy's own notation, such as `<f4`. */
  readonly dtype: string;
  readonly isFortran: boolean;
  readonly shape: readonly number[];
  readonly start: number;
};

const MAGIC = Buffer.from("\x93NUMPY", "latin1");
/** Magic, version, and the length of the header in its longer form. */
export const NPY_PREFIX_BYTES = MAGIC.length + 2 + 4;
/** numpy's own headers have a few hundred bytes; only structured types need more. */
const MOST_HEADER_BYTES = 1 << 16;
const MOST_ITEM_BYTES = 8;

/**
 * Reads the first bytes of a .npy file: magic, version and a Python dict of three entries, of which nothing is evaluated.
 *
 * @param where the file, for messages
 * @throws {HarnessError} `DATA_INVALID`
 */
export function parseNpyHeader(bytes: Uint8Array, where: string): NpyHeader {
  const { length, textStart, version } = npyHeaderLength(bytes, where);
  const start = textStart + length;
  if (start > bytes.length) throw damagedNpy(where, `its header would end at byte ${start} of ${bytes.length}`);
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(bytes.subarray(textStart, start));
  let rest = text;
  function take(pattern: RegExp, name: string): string {
    const match = pattern.exec(rest);
    if (match === null) throw damagedNpy(where, `its header has no \`${name}\` that can be read`);
    rest = rest.replace(match[0], "");
    return match[1] ?? "";
  }
  const dtype = take(/(?<=[{,]\s*)'descr'\s*:\s*('[^']*'|\[[^\]]*\])/, "descr").replace(/^'(.*)'$/, "$1");
  const isFortran = take(/(?<=[{,]\s*)'fortran_order'\s*:\s*(True|False)/, "fortran_order") === "True";
  const shape = take(/(?<=[{,]\s*)'shape'\s*:\s*\(([^()]*)\)/, "shape").split(",");
  if (!/^\{[\s,]*\}\s*$/.test(rest)) {
    throw damagedNpy(where, "its header holds more than `descr`, `fortran_order` and `shape`");
  }
  if (shape.at(-1)?.trim() === "") shape.pop();
  const lengths = shape.map(lengthOf);
  if (!Number.isSafeInteger(lengths.reduce((product, one) => product * Math.max(1, one), MOST_ITEM_BYTES))) {
    throw damagedNpy(where, `nothing has the shape (${shape.join(",")})`);
  }
  return { dtype, isFortran, shape: lengths, start };
}

/** Python 2 wrote long numbers as 12L. @returns NaN for what is no length */
function lengthOf(text: string): number {
  const [, digits] = /^(\d+)L?$/.exec(text.trim()) ?? [];
  return digits === undefined ? Number.NaN : Number(digits);
}

/**
 * How long the header is, from the first `NPY_PREFIX_BYTES` of a file.
 *
 * @throws as `parseNpyHeader`
 */
export function npyHeaderLength(bytes: Uint8Array, where: string) {
  if (!MAGIC.equals(bytes.subarray(0, MAGIC.length))) {
    throw foreignNpy(
      where,
      "expected a .npy file, found another kind.",
      "A .npz archive or a pickle must be saved with `numpy.save`.",
    );
  }
  const [version = 0] = bytes.subarray(MAGIC.length);
  if (version < 1 || version > 3) throw foreignNpy(where, `expected .npy format 1, 2 or 3, found ${version}.`);
  const textStart = version === 1 ? NPY_PREFIX_BYTES - 2 : NPY_PREFIX_BYTES;
  if (bytes.length < textStart) throw damagedNpy(where, `it has ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = version === 1 ? view.getUint16(MAGIC.length + 2, true) : view.getUint32(MAGIC.length + 2, true);
  if (length > MOST_HEADER_BYTES) throw damagedNpy(where, `its header would have ${length} bytes`);
  return { length, textStart, version };
}

export function shapeText(shape: readonly number[]): string {
  return `(${shape.join(", ")})`;
}

/** A .npy file that is whole, and not what is wanted. */
export function foreignNpy(where: string, message: string, hint?: string): HarnessError {
  return new HarnessError("DATA_INVALID", message, { where, hint });
}

/** @param found completes "expected a whole .npy file, but ..." */
export function damagedNpy(where: string, found: string): HarnessError {
  return new HarnessError("DATA_INVALID", `expected a whole .npy file, but ${found}.`, {
    where,
    hint: "Write it again.",
  });
}
