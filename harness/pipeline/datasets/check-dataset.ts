import { expandGroups } from "../../datasets/expand-groups.ts";
import { loadDataset } from "../../datasets/load-dataset.ts";
import { type TextStatistics, textStatistics } from "../../datasets/text-statistics.ts";
import type { CheckedFigure, DatasetCheck } from "../../domain/dataset-facts.ts";
import { DEFAULT_POLICY } from "../../domain/policy.ts";
import { composeView, type ViewCollection } from "../../domain/view.ts";
import type { Workspace } from "../workspace.ts";
import { openFiles } from "./open-dataset.ts";

/** Averages are printed with rounding by some sources. */
const TOLERANCE = 1e-9;

/**
 * Loads a dataset and compares what it holds with what its card says: counts, and text statistics as mteb counts them
 * (title and text composed, whatever the policy makes of titles; lengths in code points).
 *
 * @throws {HarnessError} as `openDataset`, but not for counts that differ: those are what is being asked
 */
async function checkDataset(id: string, workspace: Workspace): Promise<DatasetCheck> {
  const { card, format, files, notes } = await openFiles(id, workspace);
  const policy = { ...DEFAULT_POLICY, docText: "title+text" } as const;
  const dataset = await loadDataset({ id, format, files, policy, notes: [...notes], strict: workspace.strict });
  const judgements = [...dataset.qrels.values()].reduce((sum, { size }) => sum + size, 0);
  const documents = await textStatistics(bodies(dataset.corpus));
  const queries = await textStatistics(dataset.queries.map(({ text }) => text));
  const figures = [
    figure("documents", card.counts.documents, documents.count),
    figure("queries", card.counts.queries, dataset.qrels.size),
    figure("judgements", card.counts.judgements, judgements),
    ...statisticFigures("document length", card.statistics?.documents, documents),
    ...statisticFigures("query length", card.statistics?.queries, queries),
  ];
  return { id, figures, source: card.statistics?.source ?? null, notes: dataset.notes };
}

/** Checks datasets and the members of groups, one after the other. */
export async function* checkDatasets(ids: readonly string[], workspace: Workspace): AsyncGenerator<DatasetCheck> {
  const expanded = await expandGroups(ids, workspace.cardFolders);
  for (const id of expanded.ids) {
    workspace.signal?.throwIfAborted();
    yield await checkDataset(id, workspace);
  }
}

type Expected = Partial<Record<keyof TextStatistics, number | undefined>> | undefined;

function statisticFigures(what: string, expected: Expected, found: TextStatistics): readonly CheckedFigure[] {
  return (["total", "min", "average", "max", "unique"] as const).map((name) =>
    figure(`${what}, ${name}`, expected?.[name], found[name]),
  );
}

function figure(name: string, expected: number | undefined, found: number): CheckedFigure {
  if (expected === undefined) return { name, expected: null, found, verdict: "unknown" };
  const same = Math.abs(expected - found) <= TOLERANCE * Math.max(1, Math.abs(expected));
  return { name, expected, found, verdict: same ? "same" : "differs" };
}

async function* bodies(corpus: ViewCollection): AsyncGenerator<string> {
  for await (const view of corpus.views()) yield composeView(view);
}
