import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { z } from "zod";
import { createEncoder } from "../../harness/encode/registry.ts";
import type { Encoder, EncoderServices } from "../../harness/encode/types.ts";
import { HarnessError } from "../../harness/errors.ts";
import { collection, searched } from "./collection.ts";

/** What the stand-in does to a request; `poison`, `zero` and `nan` are parts of texts. */
type Rule = {
  readonly status?: number;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly poison?: string;
  readonly poisonStatus?: number;
  readonly zero?: string;
  readonly nan?: string;
  readonly maxLength?: number;
  readonly maxBatch?: number;
  readonly delay?: number;
  readonly dim?: number;
  readonly model?: string;
  readonly floats?: boolean;
  readonly reversed?: boolean;
  readonly missing?: boolean;
  readonly sameIndex?: boolean;
  readonly noUsage?: boolean;
  readonly truncate?: boolean;
  readonly cut?: boolean;
  readonly stall?: boolean;
};

const logged = z.object({
  model: z.string(),
  input: z.array(z.string()),
  encoding_format: z.string().optional(),
  dimensions: z.number().optional(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  atOnce: z.number(),
});

export const TEXTS = ["rain in spain", "wind", "a cat sat", "dogs bark", "snow falls", "sun"];

/** The HarnessError that encoding ends with. */
export async function failureOf(encoder: Encoder, texts: readonly string[] = TEXTS): Promise<HarnessError> {
  const error = await encoder.encode(texts, "document").catch((thrown: unknown) => thrown);
  if (error instanceof HarnessError) return error;
  throw new Error("expected a HarnessError", { cause: error });
}

export type OpenaiStandIn = {
  /** Its address; it listens on two, `host` 0 and 1. */
  baseUrl(host?: number): string;
  /** An encoder of 16 dimensions that talks to it and does not wait between tries; the waits are written down. */
  encoder(options?: object, services?: Partial<EncoderServices>): Promise<Encoder & { readonly waits: number[] }>;
  /** What an encoder gives that meets no trouble. */
  expected(texts?: readonly string[]): Promise<Float32Array>;
  /** Rules for the next requests, one each, and one for all. Forgets the log. */
  behave(always: Rule, ...rules: readonly Rule[]): Promise<void>;
  /** The requests since the last call. */
  log(): Promise<readonly z.output<typeof logged>[]>;
};

/** Starts tests/encode/openai-server.mjs for the suite and ends it after. */
export function openaiStandIn(): OpenaiStandIn {
  let server: ChildProcess | undefined;
  let ports: readonly number[] = [];
  async function tell(message: object) {
    if (server === undefined) throw new Error("the stand-in does not run");
    const answered = once(server, "message");
    server.send(message);
    const [answer] = await answered;
    return z.object({ log: z.array(logged) }).parse(answer).log;
  }
  beforeAll(async () => {
    server = fork(join(import.meta.dirname, "openai-server.mjs"), { execArgv: [] });
    const [message] = await once(server, "message");
    ports = z.object({ ports: z.array(z.number()) }).parse(message).ports;
  });
  afterAll(() => server?.disconnect());
  const baseUrl = (host = 0) => `http://127.0.0.1:${ports[host]}/v1`;
  async function encoder(options: object = {}, services: Partial<EncoderServices> = {}) {
    const waits: number[] = [];
    const pause = {
      sleep: (milliseconds: number) => Promise.resolve(void waits.push(milliseconds)),
      random: () => 0,
    };
    const fragment = { kind: "openai", model: "words", baseUrls: [baseUrl()], dimensions: 16, ...options };
    const encoder = await createEncoder(fragment, { folder: ".", pause, ...services }).open(
      searched(collection(["rain"])),
    );
    return { ...encoder, waits };
  }
  const behave = async (always: Rule, ...rules: readonly Rule[]) => void (await tell({ settings: { always, rules } }));
  return {
    baseUrl,
    encoder,
    behave,
    async expected(texts = TEXTS) {
      await behave({});
      return (await (await encoder()).encode(texts, "document")).vectors;
    },
    log: () => tell({}),
  };
}
