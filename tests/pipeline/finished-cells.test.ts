import { copyFile, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inspectPlan } from "../../harness/pipeline/forecast/inspect-plan.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import {
  cellFile,
  cellTimes,
  EXPERIMENT,
  edit,
  filesBelow,
  forecastsOf,
  type Lab,
  openLab,
  runLab,
} from "./workspace.ts";

const folder = temporaryFolder();
const SPIKE = ["alpha=0", "alpha=0.5", "alpha=1"].map((alpha) => `rewrites+${alpha}`);
const cellsOf = (retriever: string) => [retriever, ...SPIKE.map((spike) => `${retriever}+${spike}`)];
const ALL = ["bm25", "hashed", "both"].flatMap(cellsOf);
const SPIKE_CELLS = ALL.filter((system) => system.includes("rewrites"));

async function finished(name: string): Promise<Lab> {
  const lab = await openLab(folder.path(name));
  await runLab(lab);
  return lab;
}

const systemsWith = (forecasts: Readonly<Record<string, string>>, forecast: string) =>
  Object.keys(forecasts).filter((system) => forecasts[system] === forecast);

describe("a second run of the same file", () => {
  it("encodes and scores nothing, says so, and leaves the same bytes", async () => {
    const lab = await finished("second");
    const [files, times] = [await filesBelow(lab.workspace.out), await cellTimes(lab)];
    const { work, cells, reports } = await runLab(lab);
    expect(work).toEqual({ encoded: 0, scored: 0, evaluated: 0, cached: 12 });
    expect(cells.every(({ status }) => status === "cached")).toBe(true);
    expect(reports.summary[0]).toContain("nothing encoded, nothing scored");
    expect(await filesBelow(lab.workspace.out)).toEqual(files);
    expect(await cellTimes(lab)).toEqual(times);
  });

  it("is not confused by what an interrupted one left behind", async () => {
    const lab = await finished("leftovers");
    const files = await filesBelow(lab.workspace.out);
    const leftover = `${cellFile(lab, "bm25", "run.trec.gz")}.1.abc.tmp`;
    await writeFile(leftover, "torn");
    const { work } = await runLab(lab);
    expect(work.cached).toBe(12);
    await rm(leftover);
    expect(await filesBelow(lab.workspace.out)).toEqual(files);
  });
});

describe("what a change recomputes", () => {
  type Change = {
    readonly why: string;
    readonly change: (lab: Lab) => Promise<void>;
    /** Cells whose run file is made anew. */
    readonly run?: readonly string[];
    /** Cells that are evaluated anew from the run file that they have. */
    readonly partial?: readonly string[];
  };

  it.each<Change>([
    {
      why: "other measures",
      change: (lab) => edit(lab.file, "RR@10]", "AP]"),
      partial: ALL,
    },
    {
      why: "another grade",
      change: (lab) => edit(join(lab.folder, "data/qrels/test.tsv"), "q1\td1\t2", "q1\td1\t1"),
      partial: ALL,
    },
    {
      why: "a document's text",
      change: (lab) => edit(join(lab.folder, "data/corpus.jsonl"), "newsletter", "bulletin"),
      run: ALL,
    },
    {
      why: "a query's text",
      change: (lab) => edit(join(lab.folder, "data/queries.jsonl"), "pass?", "through?"),
      run: ALL,
    },
    {
      why: "a query's exclusions",
      change: (lab) => edit(join(lab.folder, "data/queries.jsonl"), '["d4"]', '["d5"]'),
      run: ALL,
    },
    {
      why: "a scenario's text",
      change: (lab) => edit(join(lab.folder, "scenarios.jsonl"), "raisins", "prunes"),
      run: SPIKE_CELLS,
    },
    {
      why: "a scenario's document",
      change: (lab) => edit(join(lab.folder, "scenarios.jsonl"), '"_id":"d2"', '"_id":"d4"'),
      run: SPIKE_CELLS,
    },
    {
      why: "a scenario that is no longer noise",
      change: (lab) => edit(join(lab.folder, "scenarios.jsonl"), ',"noise":true', ""),
      run: SPIKE_CELLS,
    },
    {
      why: "another alpha",
      change: (lab) => edit(lab.file, "[0, 0.5, 1]", "[0.5, 0.7, 1]"),
      run: ["bm25", "hashed", "both"].map((retriever) => `${retriever}+rewrites+alpha=0.7`),
    },
    {
      why: "an option of a retriever",
      change: (lab) => edit(lab.file, "dimensions: 16", "dimensions: 24"),
      run: [...cellsOf("hashed"), ...cellsOf("both")],
    },
    {
      why: "an option of the merging",
      change: (lab) => edit(lab.file, "kind: rrf,", "kind: rrf, k: 10,"),
      run: cellsOf("both"),
    },
    {
      why: "an option of the fusion",
      change: (lab) => edit(lab.file, "comparison:", "fusion: {aggregate: mean}\ncomparison:"),
      run: SPIKE_CELLS,
    },
    { why: "fewer hits", change: (lab) => edit(lab.file, "measures:", "hits: 500\nmeasures:"), run: ALL },
    { why: "a comment in the run file", change: (lab) => edit(lab.file, "version: 1", "# changed\nversion: 1") },
  ])("$why", async ({ why, change, run = [], partial = [] }) => {
    const lab = await finished(`change ${why}`);
    await change(lab);
    const [out, cache] = [await filesBelow(lab.workspace.out), await filesBelow(lab.workspace.cache)];
    const { groups, cells } = await inspectPlan(lab.file, lab.workspace);
    expect([await filesBelow(lab.workspace.out), await filesBelow(lab.workspace.cache)]).toEqual([out, cache]);
    // vectors that are cached make a cell partial although its run file is made anew
    const anew = cells.filter((cell) => cell.forecast === "run" || cell.why.includes("texts are encoded"));
    expect(anew.map(({ system }) => system).sort()).toEqual([...run].sort());
    const again = cells.filter((cell) => cell.why.startsWith("run file kept"));
    expect(again.map(({ system }) => system).sort()).toEqual([...partial].sort());
    expect(cells.filter(({ forecast }) => forecast === "hit")).toHaveLength(cells.length - run.length - partial.length);
    const before = await cellTimes(lab);
    const { work } = await runLab(lab);
    expect(work).toMatchObject({ scored: run.length, evaluated: run.length + partial.length });
    expect(work.encoded).toBe(groups.reduce((sum, { encoding }) => sum + (encoding?.toEncode ?? 0), 0));
    const after = await cellTimes(lab);
    const kept = [...before].filter(([name]) => name.endsWith("run.trec.gz"));
    for (const [name, time] of kept) {
      const system = name.split("@")[1]?.split("/")[0] ?? "";
      if (!run.includes(system)) expect(after.get(name), name).toBe(time);
    }
    // what is there now is what a fresh run of the changed inputs gives
    const fresh = { ...lab, workspace: { ...lab.workspace, out: join(lab.folder, "fresh") } };
    await runLab(fresh);
    const now = await filesBelow(lab.workspace.out);
    for (const [name, bytes] of await filesBelow(fresh.workspace.out)) expect(now.get(name), name).toBe(bytes);
  });
});

describe("a damaged cell", () => {
  type Damage = {
    readonly why: string;
    readonly damage: (lab: Lab) => Promise<void>;
    readonly forecast: "run" | "partial";
  };

  it.each<Damage>([
    {
      why: "a flipped byte in the run file",
      forecast: "run",
      async damage(lab) {
        const path = cellFile(lab, "bm25", "run.trec.gz");
        const bytes = await readFile(path);
        bytes[20] = (bytes[20] ?? 0) ^ 1;
        await writeFile(path, bytes);
      },
    },
    {
      why: "a truncated run file",
      forecast: "run",
      damage: (lab) => truncate(cellFile(lab, "bm25", "run.trec.gz"), 30),
    },
    { why: "a deleted run file", forecast: "run", damage: (lab) => rm(cellFile(lab, "bm25", "run.trec.gz")) },
    { why: "a deleted manifest", forecast: "run", damage: (lab) => rm(cellFile(lab, "bm25", "manifest.json")) },
    {
      why: "a torn manifest",
      forecast: "run",
      damage: (lab) => truncate(cellFile(lab, "bm25", "manifest.json"), 40),
    },
    {
      why: "another cell's manifest",
      forecast: "run",
      damage: (lab) => copyFile(cellFile(lab, "hashed", "manifest.json"), cellFile(lab, "bm25", "manifest.json")),
    },
    {
      why: "a manifest of a later version",
      forecast: "run",
      damage: (lab) => edit(cellFile(lab, "bm25", "manifest.json"), '"schemaVersion": 4', '"schemaVersion": 5'),
    },
    {
      why: "changed values",
      forecast: "partial",
      damage: (lab) => edit(cellFile(lab, "bm25", "values.jsonl"), '"R@100":1', '"R@100":0'),
    },
    { why: "deleted values", forecast: "partial", damage: (lab) => rm(cellFile(lab, "bm25", "values.jsonl")) },
  ])("$why is made whole again, and nothing else is touched", async ({ why, damage, forecast }) => {
    const lab = await finished(`damage ${why}`);
    const whole = await filesBelow(lab.workspace.out);
    await damage(lab);
    const forecasts = await forecastsOf(lab);
    expect(systemsWith(forecasts, forecast)).toEqual(["bm25"]);
    expect(systemsWith(forecasts, "hit")).toHaveLength(11);
    const { work } = await runLab(lab);
    expect(work).toEqual({ encoded: 0, scored: forecast === "run" ? 1 : 0, evaluated: 1, cached: 11 });
    expect(await filesBelow(lab.workspace.out)).toEqual(whole);
  });
});

describe("inspectPlan", () => {
  it("counts texts and vectors before the first run, and writes nothing", async () => {
    const lab = await openLab(folder.path("plan"));
    const { groups, cells } = await inspectPlan(lab.file, lab.workspace);
    expect(new Set(cells.map(({ forecast }) => forecast))).toEqual(new Set(["run"]));
    expect(groups).toMatchObject([
      // 6 documents, 6 scenarios of theirs, 3 queries
      { retriever: "bm25", texts: 6 + 6 + 3, cached: 0, vectors: 0, encoding: null },
      {
        ...{ retriever: "hashed", queries: ["original"], texts: 6 + 6 + 3, cached: 0, vectors: 15 },
        ...{ memoryBytes: 15 * 16 * 4, encoding: { toEncode: 15, minutes: null, usd: null } },
      },
    ]);
    expect(await filesBelow(lab.workspace.out)).toEqual(new Map());
    expect(await filesBelow(lab.workspace.cache)).toEqual(new Map());
  });

  it("knows the vectors that another experiment has cached", async () => {
    const base = EXPERIMENT.replace(/ {2}scenarios: \[rewrites\]\n {2}alpha: .*\n/, "");
    const lab = await openLab(folder.path("cached-vectors"), { experiment: base });
    await runLab(lab);
    await writeFile(lab.file, EXPERIMENT.replace("name: small", "name: other"));
    const { groups, cells } = await inspectPlan(lab.file, lab.workspace);
    expect(groups[1]).toMatchObject({ retriever: "hashed", texts: 15, cached: 6 + 3, encoding: { toEncode: 6 } });
    expect(cells.filter(({ forecast }) => forecast === "partial").map(({ system }) => system)).toEqual(
      cellsOf("hashed"),
    );
    const { work } = await runLab(lab);
    expect(work.encoded).toBe(6);
  });
});
