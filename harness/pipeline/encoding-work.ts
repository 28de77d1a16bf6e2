import type { EncodingWork, ServedWork } from "../domain/encoding-work.ts";
import { recordThroughput } from "../encode/throughput.ts";
import type { EncoderUsage } from "../encode/types.ts";
import { HarnessError } from "../errors.ts";
import { encodingLines } from "../report/encoding-lines.ts";
import type { RetrieverWork } from "./open-retrievers.ts";
import type { Workspace } from "./workspace.ts";

/** Sums over the datasets of every retriever, in the order of the run file. */
export function encodingWork(work: readonly RetrieverWork[]): readonly EncodingWork[] {
  const sums = new Map<string, EncodingWork>();
  for (const { retriever, texts, tokens, seconds, encoder } of work) {
    const sum = sums.get(retriever) ?? { retriever, texts: 0, tokens: 0, seconds: 0, served: null };
    sums.set(retriever, {
      retriever,
      texts: sum.texts + texts,
      tokens: sum.tokens + tokens,
      seconds: sum.seconds + seconds,
      served: sumServed(sum.served, encoder.usage?.()),
    });
  }
  return [...sums.values()];
}

function sumServed(sum: ServedWork | null, usage: EncoderUsage | undefined): ServedWork | null {
  if (usage === undefined) return sum;
  const { requests, tokens, unmetered, usd = null } = usage;
  if (sum === null) return { requests, tokens, unmetered, usd };
  return {
    requests: sum.requests + requests,
    tokens: sum.tokens + tokens,
    unmetered: sum.unmetered + unmetered,
    usd: sum.usd === null || usd === null ? null : sum.usd + usd,
  };
}

/**
 * Does work that encodes, and keeps what was measured of it whatever becomes of it. When it fails, what was spent is said
 * here, as there will be no report.
 */
export async function accountFor<Result>(
  encode: () => Promise<Result>,
  work: () => readonly RetrieverWork[],
  { cache, say }: Pick<Workspace, "cache" | "say">,
): Promise<Result> {
  try {
    return await encode();
  } catch (error) {
    for (const line of encodingLines(encodingWork(work()))) say(line);
    throw error;
  } finally {
    await storeThroughput(work(), { cache, say });
  }
}

/** A speed that cannot be written down is no reason to fail. */
async function storeThroughput(
  work: readonly RetrieverWork[],
  { cache, say }: Pick<Workspace, "cache" | "say">,
): Promise<void> {
  try {
    await recordThroughput(cache, work);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    say(`the speed of this run was not kept: ${error.message}`);
  }
}
