import type { z } from "zod";
import type { Component } from "../component.ts";
import type { Ranking } from "../domain/run.ts";
import type { ViewLayout } from "../domain/view-layout.ts";

/** Raw scores that one retriever gave to one query over a whole corpus of `n` documents and `m` scenarios. */
export type ChannelScores = {
  /** Length n, finite. */
  readonly document: Float64Array;
  /** Length m, finite, in document order. */
  readonly scenario: Float64Array;
};

export type SweepRequest = {
  /** Weights of the document channel, each in [0, 1]. */
  readonly alphas: readonly number[];
  /** Most hits per alpha. */
  readonly k: number;
  readonly layout: ViewLayout;
  /** Document rows that may not be returned for this query. */
  readonly excluded: ReadonlySet<number>;
  /** Whether the query itself names documents to exclude, beyond one that the policy drops. */
  readonly hasExclusions: boolean;
  /** True when a raw score of 0 says that query and text share nothing; then such documents are no hits. */
  readonly zeroMeansNoMatch: boolean;
};

/** Rows of one channel and their raw scores, best first down to some depth. Parallel arrays. */
export type RankedRows = { readonly rows: Int32Array; readonly scores: Float64Array };

/** The heads of both channels. */
export type CutLists = { readonly documents: RankedRows; readonly scenarios: RankedRows };

/** One returned document: its fused score and what it is made of. */
export type FusedHit = {
  readonly row: number;
  readonly score: number;
  readonly documentScore: number;
  /** Aggregated score of its scenarios and the row of the best one; undefined for a document without scenarios. */
  readonly scenario: { readonly score: number; readonly row: number } | undefined;
};

/**
 * Fuses a document with its scenarios: score = alpha * document + (1 - alpha) * scenario, over a declared set of
 * candidates. Pure: this is the definition that faster engines are tested against.
 */
export type ChannelFuser = {
  /** Hits of one query for every alpha, best first. */
  sweep(scores: ChannelScores, request: SweepRequest): readonly (readonly FusedHit[])[];
  /**
   * What every report that uses it must say. Empty means that nothing is unusual: alpha 1 gives the base retriever's own
   * ranking, and every document can be returned.
   */
  readonly notes: readonly string[];
  /** Set by a fuser that is a plain sum of raw scores over all documents: what an engine must know to give the same hits. */
  readonly linear?: LinearFusion | undefined;
  /** Set by a fuser that needs no more of the channels than their heads. */
  readonly lists?: ListFusion | undefined;
};

/** alpha * document + (1 - alpha) * scenario over the whole corpus, nothing normalised. */
export type LinearFusion = {
  readonly aggregate: "max" | "mean" | "topk-mean" | "sum";
  readonly topK: number;
  readonly missing: "document-only" | "drop" | "zero";
  /** Leaves out scenarios marked as noise. */
  readonly skipNoise: boolean;
};

export type ListFusion = {
  /** How deep the lists of a query go; excluded documents are still in them. */
  depth(request: Pick<SweepRequest, "hasExclusions">): { readonly document: number; readonly scenario: number };
  /** As `ChannelFuser.sweep`, of the heads alone. */
  sweep(lists: CutLists, request: SweepRequest): readonly (readonly FusedHit[])[];
};

/** Merges the rankings that several systems gave to one query into one ranking. */
export type RankingFuser = { fuse(rankings: readonly Ranking[]): Ranking };

/** Keeps literal types; one call per channel fuser file. */
export function defineChannelFuser<const Kind extends string, Options extends z.ZodType>(
  fuser: Component<Kind, Options, ChannelFuser>,
): Component<Kind, Options, ChannelFuser> {
  return fuser;
}

/** Keeps literal types; one call per ranking fuser file. */
export function defineRankingFuser<const Kind extends string, Options extends z.ZodType>(
  fuser: Component<Kind, Options, RankingFuser>,
): Component<Kind, Options, RankingFuser> {
  return fuser;
}
