import { crc32 } from "node:zlib";
import { z } from "zod";
import type { Outcome } from "./types.ts";

const SUM_MEMBER = ',"crc32":';

const tokens = { promptTokens: z.number().optional(), completionTokens: z.number().optional() };
const outcome = z.discriminatedUnion("status", [
  z.object({ status: z.literal("answered"), text: z.string(), finish: z.string(), model: z.string(), ...tokens }),
  z.object({ status: z.literal("failed"), why: z.string(), ...tokens }),
]);
const line = z.object({ key: z.string(), attempt: z.int().min(0), at: z.string(), outcome, crc32: z.number() });

/** One outcome of a prompt: how often it was asked before, and when the outcome came (ISO 8601, UTC). */
export type JournalEntry = {
  readonly key: string;
  readonly attempt: number;
  readonly at: string;
  readonly outcome: Outcome;
};

/** One JSON object without a line end; its last member is the checksum of all bytes before that member. */
export function writeJournalLine({ key, attempt, at, outcome }: JournalEntry): string {
  const text = JSON.stringify({ key, attempt, at, outcome }).slice(0, -1);
  return `${text}${SUM_MEMBER}${crc32(text)}}`;
}

/** What a line says; undefined when it is damaged or of a form that is not known. */
export function readJournalLine(text: string): JournalEntry | undefined {
  const end = text.lastIndexOf(SUM_MEMBER);
  try {
    const { data } = line.safeParse(JSON.parse(text));
    if (data?.crc32 !== crc32(text.slice(0, Math.max(0, end)))) return undefined;
    const { key, attempt, at, outcome } = data;
    return { key, attempt, at, outcome };
  } catch {
    return undefined;
  }
}
