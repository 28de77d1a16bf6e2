import { basename } from "node:path";
import type { Policy } from "../../domain/policy.ts";
import { HarnessError } from "../../errors.ts";
import { evaluateRun } from "../../evaluate/evaluate-run.ts";
import { DEFAULT_MEASURES, parseMeasures } from "../../evaluate/parse-measure.ts";
import type { EvaluationReport } from "../../report/evaluation.ts";
import type { IdReading } from "../../storage/trec-ids.ts";
import { readQrels } from "../../storage/trec-qrels.ts";
import { readRun } from "../../storage/trec-run.ts";

export type EvaluateFilesOptions = {
  /** Path of TREC, BEIR or JSON Lines qrels. */
  readonly qrels: string;
  /** Path of a TREC run. */
  readonly run: string;
  /** Measures as text, or as a list; `DEFAULT_MEASURES` when left out. */
  readonly measures?: string | readonly string[] | undefined;
  readonly perQuery?: boolean | undefined;
  readonly recall?: Policy["recall"] | undefined;
  readonly scorePrecision?: Policy["scorePrecision"] | undefined;
  /** How the ids of TREC files are to be read, both of them. */
  readonly ids?: IdReading | undefined;
};

/**
 * Evaluates a run file against a qrels file, with the semantics of `evaluateRun`.
 *
 * A run that holds no query at all is legal, and 0. A run that holds queries, but none of the qrels', is an error: the
 * zeros would say something about the choice of files and nothing about the run.
 *
 * @throws {HarnessError} `MEASURE_INVALID` before any file is read; `DATA_INVALID`; as `readQrels` and `readRun`
 */
export async function evaluateFiles({
  measures = DEFAULT_MEASURES,
  perQuery = false,
  recall = "standard",
  scorePrecision = "float64",
  ids = "as-is",
  ...files
}: EvaluateFilesOptions): Promise<EvaluationReport> {
  const requests = parseMeasures(measures, { where: "--measures" });
  const { qrels, duplicates } = await readQrels(files.qrels, { ids });
  if (qrels.size === 0) {
    throw new HarnessError("DATA_INVALID", "expected qrels with a judgement, found none.", { where: files.qrels });
  }
  const run = await readRun(files.run, { ids });
  const evaluation = evaluateRun(run, qrels, { measures: requests, recall, scorePrecision });
  if (evaluation.counts.answered === 0 && run.size > 0) {
    throw new HarnessError("DATA_INVALID", `expected queries of \`${files.qrels}\`, found none of them.`, {
      where: files.run,
      hint: "Give the qrels that belong to this run.",
    });
  }
  return {
    run: basename(files.run),
    dataset: basename(files.qrels),
    measures: requests.map(({ text }) => text),
    values: evaluation.values,
    queries: evaluation.counts,
    perQuery: perQuery ? evaluation.perQuery : undefined,
    notes: [
      ...(duplicates === 0
        ? []
        : [`Judgements repeated in the qrels with the same grade, counted once: ${duplicates}.`]),
      ...(recall === "standard" ? [] : ["R is capped: its denominator is at most k."]),
      ...(scorePrecision === "float64" ? [] : ["Scores were compared as float32."]),
    ],
  };
}
