import { describe, expect, it } from "vitest";
import { float32Values, float64Values, parseSafetensors } from "../../harness/storage/safetensors.ts";
import { float32, float64, int32, safetensorsFile, withHeader } from "./safetensors-file.ts";

function only(dtype: string, bytes: readonly number[], size: number) {
  const file = safetensorsFile({ a: { dtype, shape: [bytes.length / size], bytes: Uint8Array.from(bytes) } });
  return parseSafetensors(file, "f").get("a") ?? expect.fail();
}

describe("parseSafetensors", () => {
  it("finds every tensor by name, and no metadata", () => {
    const tensors = parseSafetensors(
      safetensorsFile({ x: float32([2, 2], [1, 2, 3, 4]), y: float64([0.1]), z: int32([-7]) }),
      "f",
    );
    expect([...tensors.keys()]).toEqual(["x", "y", "z"]);
    expect(tensors.get("x")).toMatchObject({ dtype: "F32", shape: [2, 2] });
    expect(Array.from(tensors.values(), (tensor) => [...float64Values(tensor, "f")])).toEqual([
      [1, 2, 3, 4],
      [0.1],
      [-7],
    ]);
  });

  it.each([
    { name: "no bytes", bytes: new Uint8Array() },
    { name: "a header longer than the file", bytes: withHeader("{}").subarray(0, 9) },
    { name: "a header of 2^63 bytes", bytes: Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 128, 123, 125]) },
    { name: "a header that is not JSON", bytes: withHeader("{,}") },
    { name: "a header that is a list", bytes: withHeader("[]") },
    { name: "a tensor that is nothing", bytes: withHeader('{"a": null}') },
    { name: "a tensor without a type", bytes: withHeader('{"a": {"shape": [], "data_offsets": [0, 0]}}') },
    { name: "a negative length", bytes: entry({ shape: [-1] }) },
    { name: "one offset", bytes: entry({ data_offsets: [0] }) },
    { name: "offsets backwards", bytes: entry({ data_offsets: [4, 0] }) },
    { name: "offsets past the end", bytes: entry({ shape: [3], data_offsets: [0, 12] }) },
    { name: "fewer bytes than the shape asks for", bytes: entry({ shape: [2], data_offsets: [0, 4] }) },
    { name: "an offset that is no whole number", bytes: entry({ data_offsets: [0, 4.5] }) },
  ])("refuses $name", ({ bytes }) => {
    expect(() => parseSafetensors(bytes, "f")).toThrow(expect.objectContaining({ code: "DATA_INVALID" }));
  });
});

describe("float32Values", () => {
  it.each([
    {
      dtype: "F16",
      size: 2,
      bytes: [0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0xff, 0x7b],
      expected: [1, -2, 2 ** -24, 65504],
    },
    { dtype: "F16", size: 2, bytes: [0x00, 0x7c, 0x00, 0xfc, 0x01, 0x7c], expected: [Infinity, -Infinity, Number.NaN] },
    { dtype: "BF16", size: 2, bytes: [0x80, 0x3f, 0x00, 0xc0, 0x49, 0x40], expected: [1, -2, 3.140625] },
    { dtype: "I8", size: 1, bytes: [1, 0x80, 0xff], expected: [1, -128, -1] },
    { dtype: "U8", size: 1, bytes: [1, 0x80, 0xff], expected: [1, 128, 255] },
    { dtype: "I16", size: 2, bytes: [0x00, 0x80], expected: [-32768] },
    { dtype: "I64", size: 8, bytes: [0xfe, ...Array<number>(7).fill(0xff)], expected: [-2] },
  ])("reads $dtype", ({ dtype, size, bytes, expected }) => {
    expect([...float32Values(only(dtype, bytes, size), "f")]).toEqual(expected);
  });

  it("refuses a type that it does not know, which a file may hold all the same", () => {
    const tensor = only("F8_E4M3", [1, 2], 1);
    expect(() => float32Values(tensor, "f")).toThrow(expect.objectContaining({ code: "DATA_INVALID" }));
  });
});

/** A file of one float32 whose entry is changed. */
function entry(change: object): Uint8Array {
  return withHeader(
    JSON.stringify({ a: { dtype: "F32", shape: [1], data_offsets: [0, 4], ...change } }),
    Buffer.alloc(4),
  );
}
