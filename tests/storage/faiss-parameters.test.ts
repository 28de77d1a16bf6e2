import { copyFile, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { setFaissParameters } from "../../harness/storage/faiss-parameters.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const golden = resolve(import.meta.dirname, "../golden/faiss");
const folder = temporaryFolder();

/** A golden index under another name, so that it can be changed. */
async function copyOf(file: string): Promise<string> {
  await copyFile(resolve(golden, `${file}.faiss`), folder.path(file));
  return folder.path(file);
}

/** Positions at which two files differ. */
function differences(a: Buffer, b: Buffer): number[] {
  return [...a.keys()].filter((at) => a[at] !== b[at]);
}

describe("setFaissParameters", () => {
  // write-fixtures.py sets efConstruction 200 and efSearch 64; the storage ("IxFI") follows, with one unused number between
  it("changes what FAISS wrote as efConstruction and efSearch, and nothing else", async () => {
    const path = await copyOf("hnsw");
    const before = await readFile(path);
    const at = before.indexOf("IxFI") - 12;
    expect([before.readInt32LE(at), before.readInt32LE(at + 4)]).toEqual([200, 64]);
    await setFaissParameters(path, { efConstruction: 40, efSearch: 70_000 });
    const after = await readFile(path);
    expect([after.readInt32LE(at), after.readInt32LE(at + 4)]).toEqual([40, 70_000]);
    expect(differences(before, after).every((byte) => byte >= at && byte < at + 8)).toBe(true);
    expect(after.length).toBe(before.length);
  });

  // after four characters, the header of 33 bytes and the number of lists, which is 2; FAISS looks into one list by default
  it("changes how many lists of an IVF index are searched", async () => {
    const path = await copyOf("ivf");
    const before = await readFile(path);
    const at = 4 + 33 + 8;
    expect([before.readBigInt64LE(at - 8), before.readBigInt64LE(at)]).toEqual([2n, 1n]);
    await setFaissParameters(path, { nprobe: 2 });
    const after = await readFile(path);
    expect(after.readBigInt64LE(at)).toBe(2n);
    expect(differences(before, after)).toEqual([at]);
  });

  it("leaves a file alone when nothing is to be changed", async () => {
    const path = await copyOf("flat-ip");
    await setFaissParameters(path, { efSearch: undefined });
    expect(await readFile(path)).toEqual(await readFile(resolve(golden, "flat-ip.faiss")));
  });

  it.each([
    { file: "flat-ip", parameters: { efSearch: 10 } },
    { file: "hnsw", parameters: { nprobe: 10 } },
    { file: "ivf", parameters: { efConstruction: 10 } },
  ])("refuses for $file what such an index does not have", async ({ file, parameters }) => {
    await expect(setFaissParameters(await copyOf(file), parameters)).rejects.toThrow(
      expect.objectContaining({ code: "SPEC_INVALID" }),
    );
  });

  it("refuses a file that ends too early", async () => {
    const path = await folder.write("cut", (await readFile(resolve(golden, "hnsw.faiss"))).subarray(0, 500));
    await expect(setFaissParameters(path, { efSearch: 10 })).rejects.toThrow(
      expect.objectContaining({ code: "DATA_INVALID" }),
    );
  });
});
