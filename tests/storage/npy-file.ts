/** The beginning of a .npy file in format 1 with any text as its header. */
export function npyHeader(text: string): Buffer {
  const prefix = Buffer.from("\x93NUMPY\x01\x00\x00\x00", "latin1");
  prefix.writeUInt16LE(text.length, 8);
  return Buffer.concat([prefix, Buffer.from(text, "latin1")]);
}

/** A .npy file whose values are given as bytes. */
export function npyFile(dtype: string, shape: readonly number[], bytes: Uint8Array): Buffer {
  const header = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${shape.map((length) => `${length},`).join(" ")}), }\n`;
  return Buffer.concat([npyHeader(header), bytes]);
}

/** A float32 matrix. */
export function npyMatrix(rows: readonly (readonly number[])[]): Buffer {
  return npyFile("<f4", [rows.length, rows[0]?.length ?? 0], Buffer.from(Float32Array.from(rows.flat()).buffer));
}
