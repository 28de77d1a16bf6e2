type Entry = { readonly dtype: string; readonly shape: readonly number[]; readonly bytes: Uint8Array };

/** The bytes of a safetensors file with these tensors, one after the other. */
export function safetensorsFile(tensors: Readonly<Record<string, Entry>>): Uint8Array {
  let offset = 0;
  const header = Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
    const start = offset;
    offset += bytes.length;
    return [name, { dtype, shape, data_offsets: [start, offset] }] as const;
  });
  return withHeader(
    JSON.stringify({ __metadata__: { format: "pt" }, ...Object.fromEntries(header) }),
    Buffer.concat(Object.values(tensors).map(({ bytes }) => bytes)),
  );
}

/** A header of any text before the data. */
export function withHeader(header: string, data: Uint8Array = new Uint8Array()): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([length, Buffer.from(header), data]);
}

export function float32(shape: readonly number[], values: readonly number[]): Entry {
  return { dtype: "F32", shape, bytes: new Uint8Array(Float32Array.from(values).buffer) };
}

export function float64(values: readonly number[]): Entry {
  return { dtype: "F64", shape: [values.length], bytes: new Uint8Array(Float64Array.from(values).buffer) };
}

export function int32(values: readonly number[]): Entry {
  return { dtype: "I32", shape: [values.length], bytes: new Uint8Array(Int32Array.from(values).buffer) };
}
