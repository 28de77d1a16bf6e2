import { readFile, stat, truncate, writeFile } from "node:fs/promises";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readArrays, writeArrays } from "../../harness/storage/array-file.ts";
import { parseSafetensors } from "../../harness/storage/safetensors.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const ARRAYS = { numbers: Int32Array.of(3, -1, 2 ** 31 - 1), bytes: Uint8Array.of(0, 255, 7), none: new Int32Array() };

const folder = temporaryFolder();
let path = "";
let warnings: string[] = [];
beforeAll(() => {
  path = folder.path("arrays.safetensors");
});
beforeEach(async () => {
  warnings = [];
  await writeArrays(path, ARRAYS);
});

const read = () => readArrays(path, (text) => warnings.push(text));

describe("writeArrays and readArrays", () => {
  it("give back what was written", async () => {
    expect(Object.fromEntries((await read()) ?? [])).toEqual(ARRAYS);
    expect(warnings).toEqual([]);
  });

  it("write what a reader of safetensors understands", async () => {
    const tensors = parseSafetensors(await readFile(path), path);
    expect(tensors.get("numbers")).toMatchObject({ dtype: "I32", shape: [3] });
    expect([...(tensors.get("bytes")?.bytes ?? [])]).toEqual([0, 255, 7]);
  });

  it("write the same bytes every time", async () => {
    const before = await readFile(path);
    await writeArrays(path, ARRAYS);
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  it("find nothing, without a warning, where no file is", async () => {
    expect(await readArrays(folder.path("nowhere"), (text) => warnings.push(text))).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it("pass over a file that was cut, wherever the cut is", async () => {
    const { size } = await stat(path);
    const whole = await readFile(path);
    for (let length = 0; length < size; length++) {
      await writeFile(path, whole);
      await truncate(path, length);
      expect(await read()).toBeUndefined();
    }
    expect(warnings).toHaveLength(size);
  });

  it("pass over a file with a changed byte, or read the arrays all the same", async () => {
    const whole = await readFile(path);
    for (let at = 0; at < whole.length; at++) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      await writeFile(path, flipped);
      const found = await read();
      if (found !== undefined) expect(Object.fromEntries(found)).toEqual(ARRAYS);
    }
    expect(warnings.length).toBeGreaterThan(whole.length * 0.9);
  });

  it("pass over a foreign file", async () => {
    await writeFile(path, "not a file of arrays, but long enough to look like one");
    expect(await read()).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining(path)]);
  });
});
