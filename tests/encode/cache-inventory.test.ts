import { mkdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { describeEncoder, listEncoderFolders, nameEncoder } from "../../harness/encode/cache-inventory.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { makeVectorFolder } from "./vector-folder.ts";

const folder = temporaryFolder();
let roots = 0;
const freshRoot = () => folder.path(`root-${roots++}`);

describe("listEncoderFolders", () => {
  it("lists nothing where there is no cache", async () => {
    expect(await listEncoderFolders(freshRoot())).toEqual([]);
  });

  it("lists folders that are called by a hash, and what lies in them", async () => {
    const root = freshRoot();
    const made = await makeVectorFolder(root, { shards: [{ kind: "sealed" }, { kind: "journal" }] });
    await writeFile(join(made.path, "notes.txt"), "mine");
    await writeFile(join(made.path, "half.arrow.12.0123abcd.tmp"), "half");
    await mkdir(join(root, "something-else"));
    const [found, ...others] = await listEncoderFolders(root);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      id: made.id,
      path: made.path,
      record: { identity: { kind: "made", model: "words" }, dim: 2, precision: "float32" },
      wrongRecord: undefined,
      foreign: [join(made.path, "notes.txt")],
    });
    expect(found?.shards.map(({ path, kind }) => ({ path, kind }))).toEqual(
      [
        { path: made.shards[0], kind: "sealed" },
        { path: made.shards[1], kind: "journal" },
      ].toSorted((a, b) => ((a.path ?? "") < (b.path ?? "") ? -1 : 1)),
    );
  });

  it.each([
    { why: "torn", text: `{"schema": 3, "identity"` },
    {
      why: "that of another encoder",
      text: `{"schema": 3, "identity": {"kind": "other"}, "dim": 2, "storage": "float32"}`,
    },
  ])("says where a record lies that is $why", async ({ text }) => {
    const root = freshRoot();
    const { path } = await makeVectorFolder(root);
    const record = join(path, "encoder.json");
    await writeFile(record, text);
    expect(await listEncoderFolders(root)).toMatchObject([{ record: undefined, wrongRecord: record }]);
    await rm(record);
    expect(await listEncoderFolders(root)).toMatchObject([{ record: undefined, wrongRecord: undefined }]);
  });
});

describe("describeEncoder", () => {
  it("counts vectors, shards and bytes, and says what was used last", async () => {
    const root = freshRoot();
    const made = await makeVectorFolder(root, {
      identity: { kind: "openai", model: "words", revision: "r" },
      dim: 3,
      precision: "float16",
      shards: [
        { vectors: [[1, 0, 0]], lastUsed: Date.UTC(2026, 0, 2) },
        { vectors: Array.from({ length: 5 }, () => [0, 1, 0]), lastUsed: Date.UTC(2026, 0, 3) },
        { kind: "journal", vectors: [[0, 0, 1]], lastUsed: Date.UTC(2026, 0, 1) },
      ],
    });
    const sizes = await Promise.all(made.shards.map(async (path) => (await stat(path)).size));
    const [found] = await listEncoderFolders(root);
    expect(found && (await describeEncoder(found))).toEqual({
      id: made.id,
      identity: { kind: "openai", model: "words", revision: "r" },
      kind: "openai",
      model: "words",
      dim: 3,
      precision: "float16",
      vectors: 1 + 5 + 1,
      shards: { sealed: 2, journal: 1 },
      unreadable: 0,
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      lastUsed: "2026-01-03T00:00:00.000Z",
    });
  });

  it("counts a shard that cannot be read, and knows nothing of an encoder without a record", async () => {
    const root = freshRoot();
    const { path, shards } = await makeVectorFolder(root, { shards: [{ vectors: [[1, 0]] }, { vectors: [[0, 1]] }] });
    await truncate(shards[0] ?? "", 100);
    await rm(join(path, "encoder.json"));
    const [found] = await listEncoderFolders(root);
    expect(found && (await describeEncoder(found))).toMatchObject({
      identity: null,
      kind: null,
      model: null,
      dim: null,
      precision: null,
      vectors: 1,
      unreadable: 1,
    });
  });

  it("has no last use without a shard", async () => {
    const root = freshRoot();
    await makeVectorFolder(root, { shards: [] });
    const [found] = await listEncoderFolders(root);
    expect(found && (await describeEncoder(found))).toMatchObject({ vectors: 0, bytes: 0, lastUsed: null });
  });
});

describe("nameEncoder", () => {
  it.each([
    { identity: { kind: "a", model: "b" }, named: { kind: "a", model: "b" } },
    { identity: { kind: "a", model: { hash: "b" } }, named: { kind: "a", model: null } },
    { identity: "counting", named: { kind: null, model: null } },
    { identity: null, named: { kind: null, model: null } },
  ])("of $identity is $named", ({ identity, named }) => {
    expect(nameEncoder({ json: {}, identity, dim: 1, precision: "float32" })).toEqual(named);
  });
});
