import { describe, expect, it } from "vitest";
import type { CachedEncoder } from "../../harness/domain/cache-facts.ts";
import {
  renderCacheCheck,
  renderEncoders,
  renderMoved,
  renderPruned,
  renderUsage,
} from "../../harness/report/cache-tables.ts";

const size = (bytes: number) => `${bytes} bytes`;
const ID = "0123456789abcdef0123456789abcdef";
const ENCODER: CachedEncoder = {
  id: ID,
  identity: { kind: "openai", model: "words", revision: "r\u001b[2J\u009b" },
  kind: "openai",
  model: "words",
  dim: 768,
  precision: "float16",
  vectors: 5183,
  shards: { sealed: 2, journal: 0 },
  unreadable: 0,
  bytes: 4096,
  lastUsed: "2026-05-01T12:34:56.789Z",
};
const UNKNOWN: CachedEncoder = {
  ...ENCODER,
  ...{ identity: null, kind: null, model: null, dim: null, precision: null, lastUsed: null },
  shards: { sealed: 1, journal: 3 },
  unreadable: 4,
};

/** Cells of a table's row, the first that holds the text. */
function rowWith(table: string, text: string): readonly string[] {
  const line = table.split("\n").find((row) => row.includes("│") && row.includes(text)) ?? "";
  return line
    .split("│")
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe("renderEncoders", () => {
  it("shows an encoder in a row and its identity in a line", async () => {
    const text = await renderEncoders([ENCODER], size);
    const cells = ["0123456789ab", "openai", "words", "768", "float16", "5,183", "2", "4096 bytes", "2026-05-01 12:34"];
    expect(rowWith(text, "openai")).toEqual(cells);
    expect(text).toContain(`0123456789ab: {"kind":"openai","model":"words","revision":"r\\u001b[2J "}`);
  });

  it("says what is not known, what is unfinished and what is unreadable", async () => {
    const text = await renderEncoders([UNKNOWN], size);
    expect(rowWith(text, "0123456789ab").slice(1, 7)).toEqual([
      "?",
      "-",
      "?",
      "?",
      "5,183",
      "1 + 3 open (4 unreadable)",
    ]);
    expect(text).toContain("0123456789ab: its record is missing or damaged");
  });

  it("lets no name break a table or steer a terminal, and shortens long ones", async () => {
    const text = await renderEncoders([{ ...ENCODER, model: `a\u001b[2J\n${"b".repeat(100)}` }], size);
    expect(rowWith(text, "openai")[2]).toBe(`a [2J ${"b".repeat(47 - "a [2J ".length)}…`);
  });

  it("says in a sentence that there are none", async () => {
    expect(await renderEncoders([], size)).toBe("The cache has no vectors.");
  });
});

describe("renderUsage", () => {
  it("has a row for each encoder and for what else there is", async () => {
    const others = [{ name: "datasets", bytes: 1 }];
    const text = await renderUsage({ folder: "/cache", encoders: [ENCODER], others, total: 4097 }, size);
    expect(rowWith(text, "openai")).toEqual(["0123456789ab", "openai words", "4096 bytes"]);
    expect(rowWith(text, "datasets")).toEqual(["datasets", "", "1 bytes"]);
    expect(rowWith(text, "total")).toEqual(["total", "/cache", "4097 bytes"]);
  });
});

describe("renderCacheCheck", () => {
  it("names every file that is broken or unknown", () => {
    const found = { files: 3, bytes: 30, vectors: 1, foreign: ["/notes"], broken: [] };
    expect(renderCacheCheck({ ...found, foreign: [] }, size)).toBe(
      "3 files of vectors, 30 bytes, read: 1 sound vector; nothing is broken.",
    );
    const broken = [
      { path: "/a", why: "torn", removed: false },
      { path: "/b", why: "empty", removed: true },
    ];
    expect(renderCacheCheck({ ...found, broken }, size).split("\n")).toEqual([
      "/a: torn.",
      "/b: empty; removed.",
      "/notes: not a file of the cache; left alone.",
      "3 files of vectors, 30 bytes, read: 1 sound vector; 2 files broken.",
    ]);
  });
});

describe("renderPruned", () => {
  const report = {
    dryRun: false,
    encoders: [
      { id: ID, files: 2, bytes: 20, whole: true },
      { id: ID, files: 1, bytes: 10, whole: false },
    ],
    leftovers: { files: 1, bytes: 5 },
    freedBytes: 35,
    leftBytes: 70,
  };

  it("says what was removed", () => {
    expect(renderPruned(report, size).split("\n")).toEqual([
      "0123456789ab: 2 files, 20 bytes, removed: all of it.",
      "0123456789ab: 1 file, 10 bytes, removed.",
      "1 unfinished file, 5 bytes, removed.",
      "35 bytes freed; 70 bytes of vectors stay.",
    ]);
  });

  it("says what would be, when nothing was", () => {
    const dry = { ...report, dryRun: true, encoders: [], leftovers: { files: 0, bytes: 0 }, freedBytes: 0 };
    expect(renderPruned(dry, size)).toBe("0 bytes would be freed; 70 bytes of vectors stay.");
  });
});

describe("renderMoved", () => {
  it("says what was copied, what was there and what was refused", () => {
    const moved = { encoders: 1, files: 2, bytes: 20, present: 3, refused: [{ path: "/a", why: "torn" }] };
    expect(renderMoved(moved, size).split("\n")).toEqual([
      "/a: torn; not copied.",
      "1 encoder: 2 files, 20 bytes, copied; 3 there already.",
    ]);
  });
});
