import { createComponent, type Fragment, type Registry } from "../component.ts";
import { rrf } from "./rrf.ts";
import { spikePaper } from "./spike-paper.ts";
import type { ChannelFuser, RankingFuser } from "./types.ts";
import { weightedSum } from "./weighted-sum.ts";

/** Ways to fuse a document with its scenarios. To add one: its file, one line here; the contract test covers it. */
export const channelFusers = {
  "weighted-sum": weightedSum,
  "spike-paper": spikePaper,
} as const satisfies Registry<ChannelFuser>;

/** Ways to merge the rankings of several retrievers. */
export const rankingFusers = { rrf } as const satisfies Registry<RankingFuser>;

export function createChannelFuser(fragment: Fragment): ChannelFuser {
  return createComponent("fusion", channelFusers, fragment, undefined);
}

export function createRankingFuser(fragment: Fragment): RankingFuser {
  return createComponent("ranking fuser", rankingFusers, fragment, undefined);
}
