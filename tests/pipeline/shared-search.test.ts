import { rm } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { runTask } from "../../harness/pipeline/tasks/run-task.ts";
import { stagesOf } from "../../harness/tasks/task-manifest.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { distribute, results, tasksOf } from "./task-lab.ts";
import { EXPERIMENT, filesBelow, type Lab, openLab, runLab } from "./workspace.ts";

const folder = temporaryFolder();
const FUSIONS = `
fusions:
  mean: {kind: weighted-sum, aggregate: topk-mean, missingScenario: zero}
  paper: {preset: spike-paper}
`;
const MANY = EXPERIMENT.replace("  alpha:", "  fusion: [default, mean, paper]\n  alpha:") + FUSIONS.trimStart();

/** More documents than the preset's lists are deep. */
const DOCUMENTS = 330;

/** More queries than a file of rankings holds; texts of few words, so that many scores are equal. */
async function wideLab(name: string): Promise<Lab> {
  const text = (seed: number) => `w${seed % 5} w${seed % 3} w${seed % 7}`;
  const corpus = Array.from({ length: DOCUMENTS }, (_, at) => ({ _id: `d${at}`, text: text(at) }));
  const queries = Array.from({ length: 70 }, (_, at) => ({
    _id: `q${at}`,
    text: text(at * 2),
    ...(at % 9 === 0 ? { excluded_ids: [`d${at}`, `d${(at + 3) % DOCUMENTS}`] } : {}),
  }));
  return await openLab(folder.path(name), {
    experiment: MANY.replace("{alpha: 0.5}", "{alpha: 0.5, draws: 1000, resamples: 1000}")
      .replace("measures:", "hits: 40\nmeasures:")
      .replace("R@100", "R@40"),
    dataset: { corpus, queries, qrels: queries.map(({ _id }, at) => [_id, `d${at}`, 1] as const) },
    scenarios: corpus
      .filter((_, at) => at % 4 !== 0)
      .flatMap(({ _id }, at) => [
        { _id, text: text(at + 1) },
        { _id, text: text(at + 2), noise: at % 6 === 0 },
      ]),
  });
}

describe("a search that is shared out", () => {
  let expected: ReadonlyMap<string, string>;
  beforeAll(async () => {
    const lab = await wideLab("here");
    await runLab(lab);
    expected = await results(lab);
  });

  it.each([
    { documentsPerTask: DOCUMENTS, queriesPerTask: undefined, tasks: 1 },
    { documentsPerTask: 131, queriesPerTask: undefined, tasks: 3 },
    { documentsPerTask: undefined, queriesPerTask: 30, tasks: 3 },
    { documentsPerTask: 111, queriesPerTask: 69, tasks: 3 * 2 },
  ])(
    "by $documentsPerTask documents and $queriesPerTask queries makes the very files of one machine",
    async (sizes) => {
      const { tasks, ...division } = sizes;
      const lab = await wideLab(`there-${division.documentsPerTask}-${division.queriesPerTask}`);
      const { manifest } = await tasksOf(lab, { ...division, textsPerTask: 100 });
      expect(manifest.tasks.filter(({ stage }) => stage === "search")).toHaveLength(tasks);
      const { reports } = await distribute(lab, { division: { ...division, textsPerTask: 100 } });
      expect(reports.failed).toBe(0);
      expect(await results(lab)).toEqual(expected);
    },
  );

  it("by single documents does so too, of which some have no scenario", async () => {
    const here = await openLab(folder.path("library-here"), { experiment: MANY });
    await runLab(here);
    const lab = await openLab(folder.path("library"), { experiment: MANY });
    const { started } = await distribute(lab, { division: { documentsPerTask: 1, textsPerTask: 100 } });
    expect(started).toHaveLength(1 + 6 + 2 + 1);
    expect(await results(lab)).toEqual(await results(here));
  });

  it("serves one cell that is missing, and leaves nothing behind", async () => {
    const lab = await wideLab("one");
    const division = { documentsPerTask: 170, textsPerTask: 10_000 };
    await distribute(lab, { division });
    await rm(join(lab.workspace.out, "runs/small/library@hashed+rewrites+alpha=0.5"), { recursive: true });
    const { started, run } = await distribute(lab, { division });
    // two searches and the cells
    expect(started).toHaveLength(3);
    expect(run.work.scored).toBe(1);
    expect(await results(lab)).toEqual(expected);
    expect([...(await filesBelow(lab.workspace.out)).keys()].filter((name) => name.includes("/found/"))).toEqual([]);
  });

  it("fails where what a task found was damaged, and is mended by running it again", async () => {
    const lab = await wideLab("damaged");
    const division = { documentsPerTask: 170, textsPerTask: 10_000 };
    const { manifest, files } = await tasksOf(lab, division);
    const [encode, search] = stagesOf(manifest);
    for (let number = encode?.first ?? 0; number < (search?.end ?? 0); number++) {
      await runTask({ manifest, path: files.manifest, number }, lab.workspace);
    }
    await rm(files.answers(search?.first ?? 0, { pass: 0, batch: 1 }));
    const { reports } = await distribute(lab, { division });
    expect(reports.failed).toBeGreaterThan(0);
    await distribute(lab, { division });
    expect(await results(lab)).toEqual(expected);
  });
});

describe("a search that cannot be shared out", () => {
  it.each([
    { why: "BM25 does not rank", experiment: EXPERIMENT, retriever: "bm25", shared: false },
    { why: "dense vectors are ranked by the engine", experiment: EXPERIMENT, retriever: "hashed", shared: true },
    {
      why: "a query that learns of the best documents needs all of them",
      experiment: EXPERIMENT.replace("dimensions: 16}}", "dimensions: 16}, feedback: {kind: average}}"),
      retriever: "hashed",
      shared: false,
    },
    {
      why: "normalised scores need whole rows",
      experiment: `${EXPERIMENT}fusion: {normalize: z}\n`,
      retriever: "hashed",
      shared: false,
    },
  ])("$why", async ({ why, experiment, retriever, shared }) => {
    const lab = await openLab(folder.path(why), { experiment });
    const { manifest } = await tasksOf(lab, { documentsPerTask: 2 });
    const searched = manifest.tasks.flatMap((task) => (task.stage === "search" ? [task.retriever] : []));
    expect(searched.includes(retriever)).toBe(shared);
  });
});
