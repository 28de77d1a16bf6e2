import { afterAll, beforeAll } from "vitest";
import { createEncoder } from "../../harness/encode/registry.ts";
import type { Encoder, EncoderServices } from "../../harness/encode/types.ts";
import { HarnessError } from "../../harness/errors.ts";
import { collection, searched } from "./collection.ts";
import { type LoggedRequest, type OpenaiProcess, type Rule, startOpenaiServer } from "./openai-process.ts";

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
  log(): Promise<readonly LoggedRequest[]>;
};

/** Starts tests/encode/openai-server.mjs for the suite and ends it after. */
export function openaiStandIn(): OpenaiStandIn {
  let server: OpenaiProcess | undefined;
  function running(): OpenaiProcess {
    if (server === undefined) throw new Error("the stand-in does not run");
    return server;
  }
  beforeAll(async () => {
    server = await startOpenaiServer();
  });
  afterAll(() => server?.release());
  const baseUrl = (host = 0) => `http://127.0.0.1:${running().ports[host]}/v1`;
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
  const behave = async (always: Rule, ...rules: readonly Rule[]) => void (await running().tell({ always, rules }));
  return {
    baseUrl,
    encoder,
    behave,
    async expected(texts = TEXTS) {
      await behave({});
      return (await (await encoder()).encode(texts, "document")).vectors;
    },
    log: () => running().tell({}),
  };
}
