import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { z } from "zod";
import { openChatClient } from "../../harness/llm/openai.ts";
import { type ChatOptions, chatOptions } from "../../harness/llm/openai-options.ts";
import type { ChatClient, ChatServices } from "../../harness/llm/types.ts";

/** What the stand-in does to a request. */
type Rule = {
  readonly status?: number;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delay?: number;
  readonly text?: string;
  readonly model?: string;
  /** Answers change with the seed. */
  readonly seeded?: boolean;
  readonly noUsage?: boolean;
  readonly noJson?: boolean;
  readonly cut?: boolean;
  readonly stall?: boolean;
  /** A rule for one call of the Batch API: `batches`, `files`. */
  readonly url?: string;
};

type Settings = {
  readonly always?: Rule;
  /** For the next requests, one each. */
  readonly rules?: readonly Rule[];
  /** Share of requests that meet a fault that passes. */
  readonly flaky?: number;
  readonly logged?: boolean;
  /** How batches end, after how many looks, and how many of their requests are answered. */
  readonly batch?: { readonly status?: string; readonly looks?: number; readonly answered?: number };
};

const logged = z.looseObject({
  messages: z.array(z.object({ role: z.string(), content: z.string() })).optional(),
  url: z.string().optional(),
  method: z.string().optional(),
  headers: z.record(z.string(), z.string()),
  atOnce: z.number(),
});

type Logged = z.output<typeof logged>;

export type ChatStandIn = {
  /** Its address; it listens on two, `host` 0 and 1. */
  baseUrl(host?: number): string;
  options(options?: object): ChatOptions;
  /** A client that talks to it and does not wait between tries; the waits are written down. */
  client(options?: object, services?: ChatServices): ChatClient & { readonly waits: number[] };
  /** Replaces all settings. Forgets the log. */
  behave(settings: Settings): Promise<void>;
  /** The requests since the last call. */
  log(): Promise<readonly Logged[]>;
};

const DEFAULTS = { always: {}, rules: [], flaky: 0, logged: true, batch: {} };

export type StandInLimits = { readonly requests?: number; readonly seconds?: number };

/** Starts tests/llm/chat-server.mjs for the suite and ends it after. */
export function chatStandIn({ requests = 5_000, seconds = 120 }: StandInLimits = {}): ChatStandIn {
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
    server = fork(join(import.meta.dirname, "chat-server.mjs"), [`${requests}`, `${seconds}`], { execArgv: [] });
    const [message] = await once(server, "message");
    ports = z.object({ ports: z.array(z.number()) }).parse(message).ports;
  });
  afterAll(() => server?.disconnect());
  const baseUrl = (host = 0) => `http://127.0.0.1:${ports[host]}/v1`;
  const options = (given: object = {}) =>
    chatOptions.parse({ model: "writer", server: "stand-in", baseUrls: [baseUrl()], ...given });
  return {
    baseUrl,
    options,
    client(given = {}, services = {}) {
      const waits: number[] = [];
      return { ...openChatClient(options(given), { pause: noWaiting(waits), ...services }), waits };
    },
    behave: async (settings) => void (await tell({ settings: { ...DEFAULTS, ...settings } })),
    log: () => tell({}),
  };
}

/** Waits that take no time and are written down, without the random part. */
export function noWaiting(waits: number[]) {
  return { sleep: (milliseconds: number) => Promise.resolve(void waits.push(milliseconds)), random: () => 0 };
}
