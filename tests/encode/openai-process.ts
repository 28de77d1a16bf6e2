import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { z } from "zod";

/** What the stand-in does to a request; `poison`, `zero` and `nan` are parts of texts. */
export type Rule = {
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

export type LoggedRequest = z.output<typeof logged>;

export type OpenaiProcess = {
  /** It listens on two of them. */
  readonly ports: readonly number[];
  /** Changes what is given of its rules. @returns the requests since the last call */
  tell(settings: { readonly always?: Rule; readonly rules?: readonly Rule[] }): Promise<readonly LoggedRequest[]>;
  /** Resolves once `texts` texts have been asked for since it started. */
  reached(texts: number): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Lets it end. */
  release(): void;
};

/** Starts tests/encode/openai-server.mjs. @param ports those of an earlier one, whose place it then takes */
export async function startOpenaiServer(ports: readonly number[] = []): Promise<OpenaiProcess> {
  const server = fork(join(import.meta.dirname, "openai-server.mjs"), ports.map(String), { execArgv: [] });
  const opened = await answerOf(server, z.object({ ports: z.array(z.number()) }));
  return {
    ports: opened.ports,
    async tell(settings) {
      const answered = answerOf(server, z.object({ log: z.array(logged) }));
      server.send({ settings });
      return (await answered).log;
    },
    async reached(texts) {
      const answered = answerOf(server, z.object({ reached: z.literal(texts) }));
      server.send({ alarm: texts });
      await answered;
    },
    async kill() {
      const ended = once(server, "exit");
      server.kill("SIGKILL");
      await ended;
    },
    release() {
      if (server.connected) server.disconnect();
    },
  };
}

/** The next message of that form; messages of other forms answer other questions. */
function answerOf<Schema extends z.ZodType>(server: ChildProcess, schema: Schema): Promise<z.output<Schema>> {
  return new Promise((resolve, reject) => {
    function look(message: unknown): void {
      const { data, success } = schema.safeParse(message);
      if (!success) return;
      done();
      resolve(data);
    }
    function fail(): void {
      done();
      reject(new Error("the stand-in has ended"));
    }
    function done(): void {
      server.off("message", look).off("exit", fail);
    }
    server.on("message", look).on("exit", fail);
  });
}
