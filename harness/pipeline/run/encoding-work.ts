import type { EncodingWork, ServedWork } from "../../domain/encoding-work.ts";
import { recordThroughput } from "../../encode/throughput.ts";
import type { EncoderUsage } from "../../encode/types.ts";
import { HarnessError } from "../../errors.ts";
import { encodingLines } from "../../report/encoding-lines.ts";
import type { RetrieverWork } from "../open-retrievers.ts";
import type { Workspace } from "../workspace.ts";

/** Sums over the datasets of every retriever, in the order of the run file. */
export function encodingWork(work: readonly RetrieverWork[]): readonly EncodingWork[] {
  return sumEncoding(
    work.map(({ retriever, texts, tokens, seconds, encoder }) => ({
      ...{ retriever, texts, tokens, seconds },
      served: servedWork(encoder.usage?.()),
    })),
  );
}

/** Sums of what encoders did, by retriever, in the order in which they come first. */
export function sumEncoding(work: readonly EncodingWork[]): readonly EncodingWork[] {
  const sums = new Map<string, EncodingWork>();
  for (const one of work) {
    const sum = sums.get(one.retriever);
    sums.set(one.retriever, sum === undefined ? one : addWork(sum, one));
  }
  return [...sums.values()];
}

function addWork(a: EncodingWork, b: EncodingWork): EncodingWork {
  return {
    retriever: a.retriever,
    texts: a.texts + b.texts,
    tokens: a.tokens + b.tokens,
    seconds: a.seconds + b.seconds,
    served: addServed(a.served, b.served),
  };
}

function servedWork(usage: EncoderUsage | undefined): ServedWork | null {
  if (usage === undefined) return null;
  const { requests, tokens, unmetered, usd = null } = usage;
  return { requests, tokens, unmetered, usd };
}

function addServed(a: ServedWork | null, b: ServedWork | null): ServedWork | null {
  if (a === null || b === null) return a ?? b;
  return {
    requests: a.requests + b.requests,
    tokens: a.tokens + b.tokens,
    unmetered: a.unmetered + b.unmetered,
    usd: a.usd === null || b.usd === null ? null : a.usd + b.usd,
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
