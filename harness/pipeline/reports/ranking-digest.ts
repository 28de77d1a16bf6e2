import type { DocId, QueryId } from "../../domain/ids.ts";
import type { Policy } from "../../domain/policy.ts";
import type { Judgements, Qrels } from "../../domain/qrels.ts";
import type { Ranking } from "../../domain/run.ts";
import { HarnessError } from "../../errors.ts";
import { evaluateRun } from "../../evaluate/evaluate-run.ts";
import { orderRanking } from "../../evaluate/graded-ranking.ts";
import { parseMeasure } from "../../evaluate/parse-measure.ts";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import { SHOWN_HITS, type ShownHit, type ShownRanking } from "../../report/page/page-source.ts";
import type { CellLayout } from "../../storage/layout.ts";
import { readChannelScores } from "../run/channel-scores.ts";
import { readCellRun } from "../run/run-writers.ts";

/** What a page needs of a ranking. `recall` has one entry a depth. */
export type RankingDigest = Omit<ShownRanking, "values"> & { readonly recall: readonly number[] };

/** Documents looked at, for a curve on a logarithmic axis. */
export const RECALL_DEPTHS: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

const RECALLS = RECALL_DEPTHS.map((depth) => parseMeasure(`R@${depth}`));

type DigestOptions = {
  readonly ids: ExperimentPlan["ids"];
  readonly qrels: Qrels;
  readonly policy: Policy;
  /** Queries that are wanted; all without it. */
  readonly queries?: ReadonlySet<QueryId> | undefined;
};

/** Digests of the rankings of a cell by judged query, and the length of the longest of them. */
export async function readDigests(
  files: CellLayout,
  { ids, qrels, policy, queries }: DigestOptions,
): Promise<{ readonly byQuery: ReadonlyMap<QueryId, RankingDigest>; readonly longest: number }> {
  const run = await readCellRun(files.run, { ids, queries });
  const channels = await readChannels(files.channels);
  const { recall, scorePrecision } = policy;
  // a query without a relevant document has recall 0, as it has in every mean
  const wanted = [...qrels].filter(([query]) => queries?.has(query) !== false);
  const judged = new Map(wanted.filter(([, { size }]) => size > 0));
  const recalls =
    judged.size === 0 ? undefined : evaluateRun(run, judged, { measures: RECALLS, recall, scorePrecision }).perQuery;
  const byQuery = new Map<QueryId, RankingDigest>();
  let longest = 0;
  for (const [query, judgements] of wanted) {
    const ranking = orderRanking(run.get(query) ?? [], scorePrecision);
    longest = Math.max(longest, ranking.length);
    byQuery.set(query, {
      hits: shownHits(ranking, channels.get(query)),
      goldRanks: goldRanks(ranking, judgements),
      recall: RECALLS.map(({ text }) => recalls?.get(query)?.[text] ?? 0),
    });
  }
  return { byQuery, longest };
}

/** Mean at every depth. */
export function meanRecall(recalls: readonly (readonly number[])[]): readonly number[] {
  return RECALLS.map((_, at) => recalls.reduce((sum, own) => sum + (own[at] ?? 0), 0) / recalls.length);
}

type ChannelsOfQuery = ReadonlyMap<DocId, NonNullable<ShownHit["channels"]>>;

function shownHits(ranking: Ranking, channels: ChannelsOfQuery | undefined): readonly ShownHit[] {
  return ranking.slice(0, SHOWN_HITS).map(({ docId, score }) => ({ docId, score, channels: channels?.get(docId) }));
}

/** Scores by channel of the first hits of every query; empty for a cell that fuses no channels. */
async function readChannels(path: string): Promise<ReadonlyMap<QueryId, ChannelsOfQuery>> {
  const byQuery = new Map<QueryId, Map<DocId, NonNullable<ShownHit["channels"]>>>();
  try {
    // ties in single precision may move a hit by a few places
    for await (const { queryId, docId, documentScore, scenario } of readChannelScores(path, 2 * SHOWN_HITS)) {
      const own = byQuery.get(queryId) ?? new Map();
      byQuery.set(queryId, own.set(docId, { document: documentScore, scenario: scenario ?? null }));
    }
  } catch (error) {
    if (!(error instanceof HarnessError) || error.code !== "FILE_MISSING") throw error;
  }
  return byQuery;
}

function goldRanks(ranking: Ranking, judgements: Judgements): ReadonlyMap<DocId, number> {
  const ranks = new Map<DocId, number>();
  for (const [at, { docId }] of ranking.entries()) {
    if ((judgements.get(docId) ?? 0) > 0) ranks.set(docId, at + 1);
  }
  return ranks;
}
