import type { Protocol, ProtocolOptions } from "../domain/comparison.ts";
import { RANDOM_GENERATOR } from "../runtime/seeded-random.ts";

/** The defaults of docs/semantics.md where nothing else is asked for. */
export function protocolOf({
  seed = 1,
  draws = 100_000,
  resamples = 10_000,
  level = 0.95,
}: Partial<ProtocolOptions>): Protocol {
  return { generator: RANDOM_GENERATOR, seed, draws, resamples, level };
}
