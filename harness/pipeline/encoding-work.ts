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
 * Does work that encodes, and keeps the speed that was measured whatever becomes of it. When it fails, what servers were
 * asked is said here, as there will be no report and they may want to be paid.
 */
export async function accountFor<Result>(
  encode: () => Promise<Result>,
  work: () => readonly RetrieverWork[],
  { cache, say }: Pick<Workspace, "cache" | "say">,
): Promise<Result> {
  try {
    const result = await encode();
    const failure = await storeThroughput(cache, work());
    if (failure !== undefined) say(`the speed of this run was not kept: ${failure.message}`);
    return result;
  } catch (error) {
    for (const line of encodingLines(encodingWork(work()).filter(({ served }) => served !== null))) say(line);
    // what ended the work matters more than what its record meets
    await storeThroughput(cache, work());
    throw error;
  }
}

/** A speed that cannot be written down is no reason to fail. @returns why it could not be */
async function storeThroughput(cache: string, work: readonly RetrieverWork[]): Promise<HarnessError | undefined> {
  try {
    await recordThroughput(cache, work);
    return undefined;
  } catch (error) {
    if (error instanceof HarnessError) return error;
    throw error;
  }
}
