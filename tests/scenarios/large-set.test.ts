import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { docId } from "../../harness/domain/ids.ts";
import type { ScenarioSet } from "../../harness/domain/scenario-set.ts";
import { sliceViews, type View, type ViewCollection } from "../../harness/domain/view.ts";
import { buildScenarioSet } from "../../harness/scenarios/build-scenario-set.ts";
import { type EntrySource, openEntryCursor } from "../../harness/scenarios/entry-source.ts";
import { scenarioFile } from "../../harness/scenarios/scenario-file.ts";
import { ROW_COLUMNS, rowOf } from "../../harness/scenarios/scenario-rows.ts";
import { textOptions } from "../../harness/scenarios/scenario-text.ts";
import { writeParquet } from "../../harness/storage/parquet-writer.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { textCorpus } from "./text-corpus.ts";

const folder = temporaryFolder();
const DOCUMENTS = Array.from({ length: 120 }, (_, row) => docId(`d${row}`));
const CORPUS = textCorpus(DOCUMENTS.map((id) => [id, `text of ${id}`]));
const NOTHING_HELD = 1;
const SOME_HELD = 6_000;

/** Documents with 0 to 4 scenarios, in their order; some failed, some are noise, some rows are of no document. */
const ENTRIES = DOCUMENTS.flatMap((id, row): readonly object[] => {
  if (row % 7 === 3) return [{ doc_id: id, error: "no JSON" }];
  const one = (position: number) => ({
    doc_id: position === 3 ? "elsewhere" : id,
    main_topic: row % 11 === 0 ? "noise document" : `topic ${row}`,
    key_points: [`é ${row}`, "\u{1f600}"],
    information_need: `need ${position} of ${row} ${"x".repeat(50 * (row % 5))}`,
    explanation: "because",
  });
  return Array.from({ length: row % 5 }, (_, position) => one(position));
});
const SHUFFLED = ENTRIES.map((_, at) => ENTRIES[(at * 389) % ENTRIES.length] ?? {});

const lines = (entries: readonly object[]) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");

async function sourceOf(name: string): Promise<EntrySource> {
  const entries = name.startsWith("shuffled") ? SHUFFLED : ENTRIES;
  if (name.endsWith(".gz")) await folder.write(name, gzipSync(lines(entries)));
  else if (!name.endsWith(".parquet")) await folder.write(name, lines(entries));
  else {
    const plain = await folder.write("for-parquet.jsonl", lines(entries));
    await writeParquet(folder.path(name), ROW_COLUMNS, rowsOf(scenarioFile(plain)));
  }
  return scenarioFile(folder.path(name));
}

async function* rowsOf(source: EntrySource) {
  for await (const { entries } of source.read()) for (const entry of entries) yield rowOf(entry);
}

async function build(source: EntrySource, heldUnits?: number, components: readonly string[] = ["I", "M", "K", "E"]) {
  const documents = { docIds: DOCUMENTS, corpus: CORPUS };
  return await buildScenarioSet(documents, source, { text: textOptions.parse({ components }), heldUnits });
}

async function all(views: Pick<ViewCollection, "views">): Promise<readonly View[]> {
  const found: View[] = [];
  for await (const view of views.views()) found.push(view);
  return found;
}

async function facts({ views, offsets, noise, coverage }: ScenarioSet) {
  return { views: await all(views), hash: views.contentHash, count: views.count, offsets, noise, coverage };
}

describe("buildScenarioSet", () => {
  it.each(["rows.jsonl", "rows.jsonl.gz", "rows.parquet", "shuffled.jsonl", "shuffled.jsonl.gz", "shuffled.parquet"])(
    "makes the same set of %s, however little of it is held",
    async (name) => {
      const source = await sourceOf(name);
      const held = await facts(await build(source));
      expect(held.coverage).toMatchObject({ documents: DOCUMENTS.length, scenarios: held.views.length });
      expect(await facts(await build(source, NOTHING_HELD))).toEqual(held);
      expect(await facts(await build(source, SOME_HELD))).toEqual(held);
    },
  );

  it("takes the documents' texts in between, however little is held", async () => {
    const source = await sourceOf("rows.jsonl");
    const held = await facts(await build(source, undefined, ["I", "O"]));
    expect(held.views[0]?.text).toMatch(/\ntext of d1$/);
    expect(await facts(await build(source, SOME_HELD, ["I", "O"]))).toEqual(held);
  });

  it.each([["I"], ["I", "O"]])("reads any part of a set with %s as the whole has it", async (...components) => {
    const { views } = await build(await sourceOf("rows.jsonl"), SOME_HELD, components);
    const whole = await all(views);
    for (const first of [0, 1, 2, 100, whole.length - 1, whole.length]) {
      const end = Math.min(whole.length, first + 40);
      expect(await all(sliceViews(views, { first, end }))).toEqual(whole.slice(first, end));
    }
  });

  it("reads a part without what stands before it", async () => {
    const source = await sourceOf("rows.jsonl");
    const begun: number[] = [];
    const watched: EntrySource = {
      read(from = { line: 1, byte: 0 }) {
        begun.push(from.line);
        return inSmallBatches(source, from.line);
      },
    };
    const { views } = await build(watched, SOME_HELD);
    begun.length = 0;
    await all(sliceViews(views, { first: views.count - 5, end: views.count }));
    expect(begun).toHaveLength(1);
    expect(begun[0]).toBeGreaterThan(ENTRIES.length / 2);
  });

  it("refuses a set that was changed since it was counted", async () => {
    const { views } = await build(await sourceOf("rows.jsonl"), SOME_HELD);
    await folder.write("rows.jsonl", lines(ENTRIES).replace("need 1 of 18", "need 1 of 81"));
    await expect(all(views)).rejects.toMatchObject({ code: "DATA_INVALID" });
  });
});

async function* inSmallBatches(source: EntrySource, fromLine: number) {
  let line = 1;
  for await (const { entries } of source.read()) {
    for (const entry of entries) {
      if (line >= fromLine) yield { place: { line, byte: 0 }, entries: [entry] };
      line += 1;
    }
  }
}

describe("openEntryCursor", () => {
  it("takes one pass for spans in the order of the source, and another one to go back", async () => {
    let passes = 0;
    const source: EntrySource = {
      async *read(from = { line: 1, byte: 0 }) {
        passes += 1;
        await Promise.resolve();
        for (let line = from.line; line <= 9; line += 2) yield { place: { line, byte: 0 }, entries: [] };
      },
    };
    const cursor = openEntryCursor(source);
    const read = async (line: number, endLine: number) => {
      const found: number[] = [];
      for await (const { place } of cursor.read({ from: { line, byte: 0 }, endLine })) found.push(place.line);
      return found;
    };
    expect(await read(1, 6)).toEqual([1, 3, 5]);
    // the batch of line 7 is still to come, and is read once
    expect(await read(7, 8)).toEqual([7]);
    expect(await read(7, Number.POSITIVE_INFINITY)).toEqual([7, 9]);
    expect(passes).toBe(2);
    expect(await read(3, 6)).toEqual([3, 5]);
    expect(passes).toBe(3);
    await cursor.close();
  });
});
