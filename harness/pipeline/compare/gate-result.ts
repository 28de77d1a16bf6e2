import { type GateRules, judgeCandidate } from "../../compare/gate.ts";
import type { SystemValues, ValueOrigin } from "../../domain/comparison.ts";
import type { GateCheck, GateReport } from "../../domain/gate.ts";
import { type QueryId, queryId } from "../../domain/ids.ts";
import type { CellResult } from "../../domain/result.ts";
import { HarnessError } from "../../errors.ts";
import { cellId } from "../../plan/cell-id.ts";
import { readCellValues } from "../run/cell-values.ts";
import { type Baseline, readBaseline } from "./baseline.ts";
import { type RuleBook, readRules } from "./gate-rules.ts";
import { type KnownResult, readResult } from "./read-result.ts";

export type GateOptions = {
  /** Path of a result. */
  readonly result: string;
  readonly baseline: string;
  /** Path of a file of rules. */
  readonly rules?: string | undefined;
  readonly allowInconclusive: boolean;
};

/**
 * Judges every cell and measure of a baseline by a later result, and names what the baseline does not know yet.
 *
 * @throws {HarnessError} as `readResult`, `readBaseline`, `readRules` and `readCellValues`
 */
export async function gateResult({ allowInconclusive, ...files }: GateOptions): Promise<GateReport> {
  const baseline = await readBaseline(files.baseline);
  const result = await readResult(files.result);
  const subjects = baseline.cells.flatMap(({ retriever, dataset, values }) =>
    Object.keys(values).map((measure) => ({ retriever, dataset, measure })),
  );
  const rules = await readRules(files.rules, subjects);
  const checks: GateCheck[] = [];
  const judged = { baseline, result, rules, file: files.result };
  for (const cell of baseline.cells) checks.push(...(await checkCell(cell, judged)));
  checks.push(...unknownCells(baseline, result));
  return { name: baseline.name, blessed: baseline.result, allowInconclusive, verdict: overall(checks), checks };
}

/** @throws {HarnessError} `GATE_REGRESSED`; `GATE_UNDECIDED` unless that is allowed */
export function throwUnlessPassed({ verdict, allowInconclusive, checks }: GateReport): void {
  const count = (of: (check: GateCheck) => boolean) => `${checks.filter(of).length} of ${checks.length} checks`;
  if (verdict === "regress") {
    throw new HarnessError("GATE_REGRESSED", `${count((one) => one.verdict === "regress")} regressed.`);
  }
  if (verdict === "pass" || allowInconclusive) return;
  throw new HarnessError("GATE_UNDECIDED", `${count((one) => one.verdict !== "pass")} could not be decided.`, {
    hint: "See the reasons above; `--allow-inconclusive` lets them pass, `gate bless` renews the baseline.",
  });
}

type BaselineCell = Baseline["cells"][number];

type Judged = {
  readonly baseline: Baseline;
  readonly result: KnownResult;
  readonly rules: RuleBook;
  /** Path of the result. */
  readonly file: string;
};

async function checkCell(own: BaselineCell, { baseline, result, rules, file }: Judged): Promise<readonly GateCheck[]> {
  const { retriever, dataset, cell, values } = own;
  const before = baseline.datasets.find(({ id }) => id === dataset);
  const now = result.datasets.find(({ id }) => id === dataset);
  const found = result.cells.find((one) => cellId(one) === cell);
  const obstacle = found === undefined ? undefined : obstacleOf(found, before, now);
  const candidate = found === undefined || obstacle !== undefined ? undefined : await readCellValues(file, found);
  return Object.entries(values).map(([measure, old]) => {
    const facts = { cell, dataset, measure, baseline: meanOf(old), candidate: found?.values[measure] ?? null };
    if (obstacle !== undefined) return { ...facts, ...obstacle };
    if (candidate?.has(measure) === false)
      return { ...facts, verdict: "regress", reasons: ["the measure is missing."] };
    const known = systemOf(old, { queries: before?.queries ?? [], origin: originOf(before), system: cell });
    const judged = {
      known,
      candidate: candidate?.get(measure),
      rules: rules.rulesFor({ retriever, dataset, measure }),
    };
    return { ...facts, ...judge(judged) };
  });
}

/** What stands in the way of a comparison that the result has a cell for. */
function obstacleOf(
  found: CellResult,
  before: Baseline["datasets"][number] | undefined,
  now: KnownResult["datasets"][number] | undefined,
): Pick<GateCheck, "verdict" | "reasons"> | undefined {
  if (found.status === "failed")
    return { verdict: "regress", reasons: [`the cell failed: ${found.error ?? "no reason."}`] };
  if (before?.policyHash !== now?.policyHash) {
    return { verdict: "incomparable", reasons: ["the evaluation policy is another one."] };
  }
  const changed = [
    ...(before?.corpusSha256 === now?.corpusSha256 ? [] : ["documents"]),
    ...(before?.qrelsSha256 === now?.qrelsSha256 ? [] : ["judgements"]),
  ].join(" and ");
  return changed === "" ? undefined : { verdict: "stale", reasons: [`the baseline is of other ${changed}.`] };
}

type ToJudge = {
  readonly known: SystemValues;
  /** Undefined where the cell is missing. */
  readonly candidate: ReadonlyMap<QueryId, number> | undefined;
  readonly rules: GateRules;
};

function judge({ known, candidate, rules }: ToJudge): Pick<GateCheck, "verdict" | "reasons"> {
  try {
    return judgeCandidate(known, candidate === undefined ? undefined : { ...known, values: candidate }, { rules });
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return { verdict: "incomparable", reasons: [error.message] };
  }
}

type Origin = { readonly queries: readonly string[]; readonly origin: ValueOrigin; readonly system: string };

function systemOf(values: readonly number[], { queries, origin, system }: Origin): SystemValues {
  return { ...origin, system, values: new Map(queries.map((id, at) => [queryId(id), values[at] ?? Number.NaN])) };
}

function originOf(dataset: Baseline["datasets"][number] | undefined): ValueOrigin {
  const { id = "", policyHash = "", qrelsSha256 = "" } = dataset ?? {};
  return { dataset: id, policyHash, qrelsSha256 };
}

/** Cells and measures of the result that nobody blessed. */
function unknownCells(baseline: Baseline, { cells }: KnownResult): readonly GateCheck[] {
  const known = new Map(baseline.cells.map(({ cell, values }) => [cell, values]));
  return cells.flatMap((one) =>
    Object.entries(one.values)
      .filter(([measure]) => known.get(cellId(one))?.[measure] === undefined)
      .map(
        ([measure, value]): GateCheck => ({
          ...{ cell: cellId(one), dataset: one.dataset, measure, verdict: "stale" },
          reasons: ["the baseline does not have it."],
          ...{ baseline: null, candidate: value },
        }),
      ),
  );
}

function overall(checks: readonly GateCheck[]): GateReport["verdict"] {
  if (checks.some(({ verdict }) => verdict === "regress")) return "regress";
  return checks.every(({ verdict }) => verdict === "pass") ? "pass" : "inconclusive";
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
