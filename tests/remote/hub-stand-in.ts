import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { z } from "zod";
import type { HubSettings } from "../../harness/remote/hub-settings.ts";

/** What the stand-in does to the next request whose address contains `url`, or to all of them. */
type Rule = {
  readonly url: string;
  readonly host?: "hub" | "cdn";
  readonly always?: boolean;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the body before the connection is cut, or before nothing more comes. */
  readonly cut?: number;
  readonly stall?: number;
  readonly flip?: boolean;
  readonly ignoreRange?: boolean;
};

type Repositories = Readonly<
  Record<string, { commit: string; files: Readonly<Record<string, { content: Buffer; lfs: boolean }>> }>
>;

export type HubStandIn = {
  /** Settings that talk to it, with a cache in the folder, and no waiting between tries. */
  settings(cacheFolder: string, more?: Partial<HubSettings>): HubSettings;
  /** Address of something that is not a repository's, given to `serve`. */
  address(path: string): string;
  serve(repositories: Repositories, extra?: Readonly<Record<string, Buffer>>): Promise<void>;
  rules(...rules: readonly Rule[]): Promise<void>;
  /** The requests since the last call. */
  log(): Promise<readonly z.output<typeof logged>[]>;
};

const logged = z.object({
  host: z.enum(["hub", "cdn"]),
  method: z.string(),
  url: z.string(),
  authorization: z.string().nullable(),
  range: z.string().nullable(),
});
const started = z.object({ ports: z.object({ hub: z.number(), cdn: z.number() }) });

/** Starts tests/remote/hub-server.mjs for the suite and ends it after. */
export function hubStandIn(): HubStandIn {
  let server: ChildProcess | undefined;
  let port = 0;
  async function tell(message: object) {
    if (server === undefined) throw new Error("the stand-in does not run");
    const answered = once(server, "message");
    server.send(message);
    const [answer] = await answered;
    return z.object({ log: z.array(logged) }).parse(answer).log;
  }
  beforeAll(async () => {
    server = fork(join(import.meta.dirname, "hub-server.mjs"), { execArgv: [] });
    const [message] = await once(server, "message");
    port = started.parse(message).ports.hub;
  });
  afterAll(() => server?.disconnect());
  return {
    settings: (cacheFolder, more = {}) => ({
      endpoint: `http://localhost:${port}`,
      cacheFolder,
      token: "hf_secret",
      offline: false,
      pause: { sleep: () => Promise.resolve(), random: () => 0 },
      ...more,
    }),
    address: (path) => `http://localhost:${port}${path}`,
    async serve(repositories, extra = {}) {
      const base64 = (content: Buffer) => content.toString("base64");
      await tell({
        rules: [],
        forget: true,
        extra: Object.fromEntries(Object.entries(extra).map(([path, content]) => [path, base64(content)])),
        repositories: Object.fromEntries(
          Object.entries(repositories).map(([name, { commit, files }]) => {
            const listed = Object.entries(files).map(([path, { content, lfs }]) => [
              path,
              { content: base64(content), lfs },
            ]);
            return [name, { commit, files: Object.fromEntries(listed) }];
          }),
        ),
      });
    },
    rules: async (...rules) => void (await tell({ rules })),
    log: () => tell({ forget: true }),
  };
}
