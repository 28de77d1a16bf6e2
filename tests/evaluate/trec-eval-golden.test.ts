import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Qrels } from "../../harness/domain/qrels.ts";
import type { Run } from "../../harness/domain/run.ts";
import { evaluateRun } from "../../harness/evaluate/evaluate-run.ts";
import { parseMeasure } from "../../harness/evaluate/parse-measure.ts";
import { readQrels } from "../../harness/storage/trec-qrels.ts";
import { readRun } from "../../harness/storage/trec-run.ts";
import { describeWithData } from "../real-data.ts";
import { temporaryFolder } from "../temporary-folder.ts";

/** trec_eval's names of the measures that both have; the rest of its output is passed over. */
const SHARED = /^(?:map|ndcg|recip_rank|(?:map_cut|ndcg_cut|recall|P|success)_\d+)$/;

type Printed = { readonly name: string; readonly query: string; readonly value: string };

/** Commands are those of `quicktest` in trec_eval's Makefile, which holds each output file against one. */
const OUTPUTS = [
  { out: "out.test", qrels: "qrels.test", run: "results.test", command: "trec_eval", lines: 11 },
  { out: "out.test.a", qrels: "qrels.test", run: "results.test", command: "trec_eval -m all_trec", lines: 42 },
  { out: "out.test.aq", qrels: "qrels.test", run: "results.test", command: "trec_eval -m all_trec -q", lines: 168 },
  {
    out: "out.test.aqc",
    qrels: "qrels.test",
    run: "results.trunc",
    command: "trec_eval -m all_trec -q -c",
    lines: 168,
  },
  {
    out: "out.test.aqcM",
    qrels: "qrels.test",
    run: "results.trunc",
    depth: 100,
    command: "trec_eval -m all_trec -q -c -M100",
    lines: 168,
  },
  {
    out: "out.test.aql",
    qrels: "qrels.rel_level",
    run: "results.test",
    rel: 2,
    command: "trec_eval -m all_trec -q -l2",
    lines: 168,
  },
  {
    out: "out.test.meas_params",
    qrels: "qrels.test",
    run: "results.test",
    command: "trec_eval -q -m P.5,7,3 -m recall.20,2000 -mndcg_cut.10,20,23.4 -msuccess.2,5,20 ...",
    lines: 44,
  },
  {
    out: "out.comment.test",
    qrels: "qrels.comment.test",
    run: "results.comment.test",
    command: "trec_eval",
    lines: 11,
  },
  // the same qrels with `#` lines in them
  {
    out: "out.test.aq",
    qrels: "qrels.test.with-comments",
    run: "results.test",
    command: "trec_eval -m all_trec -q",
    lines: 168,
  },
];

function printedIn(path: string): readonly Printed[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .map((line) => line.split("\t").map((field) => field.trim()))
    .filter(([name = ""]) => SHARED.test(name))
    .map(([name = "", query = "", value = ""]) => ({ name, query, value }));
}

/** trec_eval's name with our parameters: `-l2` is `(rel=2)`, which nDCG has not, as trec_eval's -l leaves it alone. */
function requestFor(name: string, rel: number) {
  const { text } = parseMeasure(name);
  return parseMeasure(rel === 1 || text.startsWith("nDCG") ? text : text.replace(/@|$/, `(rel=${rel})$&`));
}

/** Without -c trec_eval averages over the queries that both files have. */
function restrictTo(run: Run, qrels: Qrels): Qrels {
  return new Map([...qrels].filter(([queryId]) => run.has(queryId)));
}

function cutTo(depth: number, run: Run): Run {
  return new Map([...run].map(([queryId, ranking]) => [queryId, ranking.slice(0, depth)]));
}

describeWithData("trec_eval's own printed answers", "trec/trec_eval", (folder) => {
  const temporary = temporaryFolder();

  /** `results.trunc` has words after the sixth field, which trec_eval ignores and we refuse. */
  async function sixFields(name: string): Promise<string> {
    const text = await readFile(join(folder, name), "utf8");
    return await temporary.write(name, text.replace(/^(\S+(?:\s+\S+){5})[^\n]*/gm, "$1"));
  }

  describe.each(OUTPUTS)(
    "$out for $qrels: $command",
    ({ out, command, rel = 1, depth = Infinity, lines, ...files }) => {
      it.each(["float64", "float32"] as const)("are ours to four decimals, with %s scores", async (scorePrecision) => {
        const printed = printedIn(join(folder, out));
        const qrels = (await readQrels(join(folder, files.qrels))).qrels;
        const run = cutTo(depth, await readRun(await sixFields(files.run)));
        const names = [...new Set(printed.map(({ name }) => name))];
        const requests = new Map(names.map((name) => [name, requestFor(name, rel)]));
        const { values, perQuery } = evaluateRun(run, command.includes(" -c") ? qrels : restrictTo(run, qrels), {
          measures: [...requests.values()],
          scorePrecision,
        });
        const byQuery = new Map<string, Readonly<Record<string, number>>>([...perQuery, ["all", values]]);
        const ours = printed.map(({ name, query }) => {
          const value = byQuery.get(query)?.[requests.get(name)?.text ?? ""];
          return { name, query, value: value?.toFixed(4) };
        });
        expect(ours).toEqual(printed);
        expect(printed).toHaveLength(lines);
      });
    },
  );
});

describeWithData("trec_eval on the ReasonIR runs, BRIGHT qrels", "trec/runs/bright-reasonir", (folder) => {
  it.each([
    { subset: "biology", qrels: "biology", value: "0.4349" },
    { subset: "biology", qrels: "biology.fixed", value: "0.4419" },
    { subset: "economics", qrels: "economics", value: "0.3265" },
    { subset: "psychology", qrels: "psychology", value: "0.3957" },
    { subset: "leetcode", qrels: "leetcode", value: "0.3168" },
    { subset: "pony", qrels: "pony", value: "0.1955" },
  ])("$subset against $qrels has nDCG@10 $value", async ({ subset, qrels, value }) => {
    const judged = await readQrels(join(folder, `../../../bright/qrels/qrels.bright-${qrels}.txt`));
    const run = await readRun(join(folder, `${subset}.txt.gz`));
    const { values } = evaluateRun(run, judged.qrels, { measures: [parseMeasure("ndcg_cut.10")] });
    expect(values["nDCG@10"]?.toFixed(4)).toBe(value);
  });
});
