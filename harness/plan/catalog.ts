import { formats } from "../datasets/registry.ts";
import { encoders } from "../encode/registry.ts";
import { measures } from "../evaluate/registry.ts";
import { expansions } from "../expand/registry.ts";
import { channelFusers, rankingFusers } from "../fuse/registry.ts";
import { termFeedbacks, vectorFeedbacks } from "../retrieve/feedback/registry.ts";
import { retrievers } from "../retrieve/registry.ts";
import { scenarioSources } from "../scenarios/registry.ts";

/** Every registry of the harness by the name that `spikebench list` knows it under. */
export const catalog = {
  retrievers: { ...retrievers, ...rankingFusers },
  encoders,
  feedback: { ...termFeedbacks, ...vectorFeedbacks },
  fusers: { ...channelFusers, ...rankingFusers },
  scenarios: scenarioSources,
  formats,
  measures,
  expansions,
} as const;
