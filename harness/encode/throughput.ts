import { z } from "zod";
import { writeFileAtomic } from "../storage/atomic-write.ts";
import { readRecord } from "../storage/json-record.ts";
import { throughputFile } from "../storage/layout.ts";
import type { EncoderWork } from "./metered-embeddings.ts";
import type { Encoder } from "./types.ts";
import { encoderRecord } from "./vector-key.ts";

/** How fast an encoder has been here; `tokensPerSecond` is 0 for one that reads none. Tokens are estimated ones. */
export type Throughput = { readonly textsPerSecond: number; readonly tokensPerSecond: number };

/** Sums over runs, the run before the last with half its weight, the one before with a quarter, and so on. */
const sumsSchema = z.strictObject({
  schema: z.literal(1),
  encoder: z.unknown(),
  texts: z.number().positive(),
  tokens: z.number().nonnegative(),
  seconds: z.number().positive(),
});

/** What earlier runs have measured on this machine; undefined before the first, or when the record is damaged. */
export async function readThroughput(cache: string, encoder: Encoder): Promise<Throughput | undefined> {
  const sums = await readSums(cache, encoder);
  if (sums === undefined) return undefined;
  const { texts, tokens, seconds } = sums;
  return { textsPerSecond: texts / seconds, tokensPerSecond: tokens / seconds };
}

/**
 * Takes the work of a run into the records of its encoders. A short run changes a rate little, and what was measured long
 * ago, perhaps on another device, fades. Work that took no measurable time says nothing of speed and is left out.
 *
 * @param cache the cache folder
 * @throws {HarnessError} as `writeFileAtomic`
 */
export async function recordThroughput(cache: string, work: readonly EncoderWork[]): Promise<void> {
  const byRecord = new Map<string, EncoderWork>();
  for (const one of work) {
    const { folder } = encoderRecord(one.encoder);
    byRecord.set(folder, sumWork(byRecord.get(folder), one));
  }
  for (const [folder, { encoder, texts, tokens, seconds }] of byRecord) {
    if (texts === 0 || seconds <= 0) continue;
    const old = await readSums(cache, encoder);
    const sums = {
      schema: 1,
      encoder: encoder.identity,
      texts: texts + (old?.texts ?? 0) / 2,
      tokens: tokens + (old?.tokens ?? 0) / 2,
      seconds: seconds + (old?.seconds ?? 0) / 2,
    };
    await writeFileAtomic(throughputFile(cache, folder), `${JSON.stringify(sums, undefined, 2)}\n`);
  }
}

async function readSums(cache: string, encoder: Encoder) {
  return await readRecord(throughputFile(cache, encoderRecord(encoder).folder), sumsSchema);
}

function sumWork(sum: EncoderWork | undefined, one: EncoderWork): EncoderWork {
  if (sum === undefined) return one;
  const { encoder, texts, tokens, seconds } = sum;
  return { encoder, texts: texts + one.texts, tokens: tokens + one.tokens, seconds: seconds + one.seconds };
}
