import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { didYouMean } from "../../component.ts";
import type { ValueOrigin } from "../../domain/comparison.ts";
import type { QueryId } from "../../domain/ids.ts";
import type { Policy } from "../../domain/policy.ts";
import type { Qrels } from "../../domain/qrels.ts";
import type { CellResult } from "../../domain/result.ts";
import type { Run } from "../../domain/run.ts";
import { HarnessError } from "../../errors.ts";
import { evaluateRun } from "../../evaluate/evaluate-run.ts";
import type { MeasureRequest } from "../../evaluate/types.ts";
import { cellId } from "../../plan/cell-id.ts";
import { hashJson } from "../../storage/content-hash.ts";
import { fileError } from "../../storage/file-error.ts";
import { readLineBatches } from "../../storage/text-lines.ts";
import { splitFields } from "../../storage/trec-fields.ts";
import type { IdReading } from "../../storage/trec-ids.ts";
import { readRun } from "../../storage/trec-run.ts";
import { type CellValues, readCellValues } from "../run/cell-values.ts";
import { isMtebResult, mtebValues, type PeerValues, readTrecEval } from "./peer-values.ts";
import { type KnownResult, parseResult } from "./read-result.ts";

/** How runs are evaluated; without judgements no run can be. */
export type Judging = {
  readonly qrels: Qrels | undefined;
  /** How the qrels are called, and their hash. */
  readonly dataset: string;
  readonly qrelsSha256: string;
  readonly measures: readonly MeasureRequest[];
  readonly recall: Policy["recall"];
  readonly scorePrecision: Policy["scorePrecision"];
  readonly ids: IdReading;
};

/** One of the two systems that are compared. */
export type ComparedSystem = {
  readonly name: string;
  /** Absent where nothing is known of the conditions: another tool's values. */
  readonly origin: ValueOrigin | undefined;
  readonly perQuery: CellValues;
  readonly means: ReadonlyMap<string, number>;
  readonly run: Run | undefined;
  readonly notes: readonly string[];
};

/** What a path on the command line stands for: one system, or the cells of a result. */
export type ComparedSource =
  | { readonly kind: "system"; open(): Promise<ComparedSystem> }
  | { readonly kind: "result"; readonly cells: readonly string[]; open(cell: string): Promise<ComparedSystem> };

/**
 * Finds out what a path is: `result.json`, one of its cells (`result.json#CELL`), a TREC run, values of `trec_eval -q` or an
 * mteb result.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`, `DATA_INVALID`; `USAGE` for a cell that is not there
 */
export async function findSource(place: string, judging: Judging): Promise<ComparedSource> {
  const [path = "", cell] = splitPlace(place);
  const start = await firstLine(path);
  if (start.startsWith("{")) return await jsonSource({ path, cell, judging });
  if (cell !== undefined) throw new HarnessError("USAGE", "only a result.json has cells.", { where: place });
  if (splitFields(start).length === 3) {
    return { kind: "system", open: async () => peerSystem(path, await readTrecEval(path)) };
  }
  return { kind: "system", open: () => runSystem(path, { name: path, judging }) };
}

type JsonPlace = { readonly path: string; readonly cell: string | undefined; readonly judging: Judging };

async function jsonSource({ path, cell, judging }: JsonPlace): Promise<ComparedSource> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
  if (cell === undefined && isMtebResult(text)) {
    return { kind: "system", open: () => Promise.resolve(peerSystem(path, mtebValues(text, path))) };
  }
  const result = parseResult(text, path);
  const done = result.cells.filter(({ status }) => status === "done");
  const cells = new Map(done.map((one) => [cellId(one), one]));
  const open = (name: string) => openCell({ path, name, result, cells, judging });
  if (cell !== undefined) return { kind: "system", open: () => open(cell) };
  return { kind: "result", cells: [...cells.keys()], open };
}

type CellPlace = {
  readonly path: string;
  readonly name: string;
  readonly result: KnownResult;
  readonly cells: ReadonlyMap<string, CellResult>;
  readonly judging: Judging;
};

/** A cell by its own values; with judgements of the caller by its run, under the caller's rules. */
async function openCell({ path, name, result, cells, judging }: CellPlace): Promise<ComparedSystem> {
  const cell = cells.get(name);
  const dataset = result.datasets.find(({ id }) => id === cell?.dataset);
  if (cell === undefined || cell.run === null || dataset === undefined) {
    throw new HarnessError("USAGE", `expected a finished cell of the result, got \`${name}\`.`, {
      where: path,
      hint: didYouMean(name, [...cells.keys()]) || `It has ${[...cells.keys()].join(", ")}.`,
    });
  }
  const run = join(dirname(path), cell.run);
  if (judging.qrels !== undefined) return await runSystem(run, { name: `${path}#${name}`, judging });
  const { policyHash, qrelsSha256, id } = dataset;
  return {
    name: `${path}#${name}`,
    origin: { dataset: id, policyHash, qrelsSha256 },
    perQuery: await readCellValues(path, cell),
    means: new Map(Object.entries(cell.values)),
    run: await readRun(run, { ids: judging.ids }),
    notes: [],
  };
}

async function runSystem(
  path: string,
  { name, judging }: { readonly name: string; readonly judging: Judging },
): Promise<ComparedSystem> {
  const { qrels, measures, recall, scorePrecision, dataset, qrelsSha256, ids } = judging;
  const run = await readRun(path, { ids });
  if (qrels === undefined) {
    throw new HarnessError("USAGE", "a run has values only beside judgements.", {
      where: path,
      hint: "Give `--qrels`.",
    });
  }
  const { perQuery, values, counts } = evaluateRun(run, qrels, { measures, recall, scorePrecision });
  if (counts.answered === 0 && run.size > 0) {
    throw new HarnessError("DATA_INVALID", `expected queries of \`${dataset}\`, found none of them.`, {
      where: path,
      hint: "Give the qrels that belong to this run.",
    });
  }
  const byMeasure = measures.map(({ text }) => {
    return [text, new Map<QueryId, number>(Array.from(perQuery, ([id, of]) => [id, of[text] ?? 0]))] as const;
  });
  return {
    ...{ name, run, perQuery: new Map(byMeasure), means: new Map(Object.entries(values)) },
    origin: { dataset, qrelsSha256, policyHash: hashJson({ recall, scorePrecision }) },
    notes: counts.missing === 0 ? [] : [`Queries that \`${name}\` did not answer, counted as 0: ${counts.missing}.`],
  };
}

function peerSystem(path: string, { notes, ...values }: PeerValues): ComparedSystem {
  const unknown = `\`${basename(path)}\` has the values that another tool printed; its evaluation policy is not known.`;
  return { name: path, origin: undefined, run: undefined, ...values, notes: [unknown, ...notes] };
}

/** The path and, after the last `#`, the cell; a path that holds a `#` itself is not told apart. */
function splitPlace(place: string): readonly [string, string?] {
  const at = place.lastIndexOf(".json#");
  return at === -1 ? [place] : [place.slice(0, at + 5), place.slice(at + 6)];
}

/** The first line that is not blank; empty for a file without one. */
async function firstLine(path: string): Promise<string> {
  for await (const { lines } of readLineBatches(path)) {
    const found = lines.find((line) => line.trim() !== "" && !line.startsWith("#"));
    if (found !== undefined) return found.trimStart();
  }
  return "";
}
