import { readdir } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type LinePlace, readLineBatches, readPlacedLines } from "../../harness/storage/text-lines.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();

async function linesOf(path: string): Promise<string[]> {
  const all: string[] = [];
  for await (const { first, lines } of readLineBatches(path)) {
    expect(first).toBe(all.length + 1);
    all.push(...lines);
  }
  return all;
}

async function failure(path: string): Promise<unknown> {
  return await linesOf(path).catch((error: unknown) => error);
}

describe("readLineBatches", () => {
  it.each([
    { why: "LF", text: "a\nb\n", lines: ["a", "b"] },
    { why: "CRLF", text: "a\r\nb\r\n", lines: ["a", "b"] },
    { why: "both", text: "a\r\nb\nc", lines: ["a", "b", "c"] },
    { why: "no end after the last line", text: "a\nb", lines: ["a", "b"] },
    { why: "CRLF cut to CR at the end", text: "a\r\nb\r", lines: ["a", "b"] },
    { why: "a byte order mark", text: "\ufeffa\n", lines: ["a"] },
    { why: "a byte order mark further on, which is text", text: "a\n\ufeffb\n", lines: ["a", "\ufeffb"] },
    { why: "blank lines", text: "\n\na\n\n", lines: ["", "", "a", ""] },
    { why: "other white space", text: "a\u2028b\u0085c\u000bd\n", lines: ["a\u2028b\u0085c\u000bd"] },
    { why: "an empty file", text: "", lines: [] },
    { why: "one byte", text: "a", lines: ["a"] },
  ])("reads $why, plain and gzip", async ({ text, lines }) => {
    expect(await linesOf(await folder.write("plain.txt", text))).toEqual(lines);
    // told by its bytes, so the name does not matter
    expect(await linesOf(await folder.write("zipped.txt", gzipSync(text)))).toEqual(lines);
  });

  it("joins lines and characters that chunks cut, and counts lines across batches", async () => {
    const expected = Array.from({ length: 60_000 }, (_, index) => `${index} é\u{1f600} ${"x".repeat(index % 30)}`);
    const text = expected.join("\r\n");
    expect(await linesOf(await folder.write("long.txt", text))).toEqual(expected);
    expect(await linesOf(await folder.write("long.gz", gzipSync(text)))).toEqual(expected);
  });

  it("reads gzip files that were put one behind the other", async () => {
    const path = await folder.write("members.gz", Buffer.concat([gzipSync("a\nb"), gzipSync("c\nd\n")]));
    expect(await linesOf(path)).toEqual(["a", "bc", "d"]);
  });

  it("refuses a truncated or damaged gzip", async () => {
    const whole = gzipSync(Array.from({ length: 5000 }, (_, index) => `line ${index ** 3}`).join("\n"));
    const truncated = await folder.write("truncated.gz", whole.subarray(0, whole.length - 20));
    expect(await failure(truncated)).toMatchObject({ code: "DATA_INVALID", where: truncated });
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, 2000, 2100);
    expect(await failure(await folder.write("damaged.gz", damaged))).toMatchObject({ code: "DATA_INVALID" });
    expect(await failure(await folder.write("header.gz", whole.subarray(0, 3)))).toMatchObject({
      code: "DATA_INVALID",
    });
  });

  it.each([
    { why: "a byte that no UTF-8 has", bytes: [0x61, 0xff, 0x0a] },
    { why: "a character cut off at the end", bytes: [0x61, 0x0a, 0xc3] },
    { why: "UTF-16", bytes: [0xff, 0xfe, 0x61, 0x00] },
  ])("refuses $why", async ({ bytes }) => {
    expect(await failure(await folder.write("bytes.txt", Uint8Array.from(bytes)))).toMatchObject({
      code: "DATA_INVALID",
    });
  });

  it("refuses a folder and a file that is not there", async () => {
    expect(await failure(folder.path("."))).toMatchObject({ code: "FILE_UNREADABLE" });
    expect(await failure(folder.path("absent.txt"))).toMatchObject({ code: "FILE_MISSING" });
    expect(await failure(folder.path("absent/absent.txt"))).toMatchObject({ code: "FILE_MISSING" });
  });

  it.skipIf(process.platform !== "linux").each(["plain", "gzip"])(
    "closes a %s file that is left early",
    async (kind) => {
      const text = Array.from({ length: 300_000 }, (_, index) => `${Math.imul(index, 2_654_435_761)}`).join("\n");
      const path = await folder.write(`early.${kind}`, kind === "gzip" ? gzipSync(text) : text);
      const before = (await readdir("/proc/self/fd")).length;
      for (let round = 0; round < 20; round++) {
        for await (const _ of readLineBatches(path)) break;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect((await readdir("/proc/self/fd")).length).toBeLessThan(before + 10);
    },
  );
});

describe("readPlacedLines", () => {
  async function placed(path: string, from?: LinePlace) {
    const all: { readonly place: LinePlace; readonly lines: readonly string[] }[] = [];
    for await (const batch of readPlacedLines(path, from)) all.push(batch);
    return all;
  }

  const TEXT = Array.from({ length: 60_000 }, (_, index) => `${index} é\u{1f600} ${"x".repeat(index % 30)}`).join(
    "\r\n",
  );

  it.each(["", "\n", "a", "a\n", "\n\na\r\nb\r", "\ufeffa\n\ufeffb\n", TEXT, `\ufeff${TEXT}\n`])(
    "reads what readLineBatches does, plain and gzip (text %#)",
    async (text) => {
      for (const bytes of [text, gzipSync(text)]) {
        const path = await folder.write("placed.txt", bytes);
        expect((await placed(path)).flatMap(({ lines }) => lines)).toEqual(await linesOf(path));
      }
    },
  );

  it("begins at any place that it has told, plain and gzip", async () => {
    for (const bytes of [`\ufeff${TEXT}`, gzipSync(`\ufeff${TEXT}`)]) {
      const path = await folder.write("long.txt", bytes);
      const batches = await placed(path);
      expect(batches.length).toBeGreaterThan(5);
      for (const at of [1, 2, batches.length - 1]) {
        const rest = batches.slice(at).flatMap(({ lines }) => lines);
        expect((await placed(path, batches[at]?.place)).flatMap(({ lines }) => lines)).toEqual(rest);
      }
    }
  });

  it("says at which line bytes are no text", async () => {
    const path = await folder.write("bytes.txt", Uint8Array.from([0x61, 0x0a, 0xff]));
    await expect(placed(path)).rejects.toMatchObject({
      code: "DATA_INVALID",
      where: expect.stringContaining(`${path}:`),
    });
  });
});
