import { setMaxListeners } from "node:events";
import { availableParallelism, homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { HarnessError } from "../errors.ts";
import type { Workspace } from "../pipeline/workspace.ts";
import { hubSettings } from "../remote/hub-settings.ts";
import { visibleText } from "../report/figure-text.ts";
import { monotonicClock } from "../runtime/clock.ts";
import { createProgress } from "../runtime/progress.ts";
import { packageVersion } from "./package-version.ts";
import { parseSize } from "./quantities.ts";

export type WorkspaceFlags = {
  readonly out: string;
  readonly data: readonly string[];
  readonly strict: boolean;
  readonly threads?: string | undefined;
  readonly maxRam?: string | undefined;
};

/** What a process takes before it has read anything, onnxruntime's library included. */
const PROCESS_BYTES = 256 * 2 ** 20;
const LEAST_ENGINE_BYTES = 64 * 2 ** 20;

/** The workspace of a command: flags, environment, terminal and signals. */
export function openWorkspace({ out, data, strict, threads, maxRam = "4GB" }: WorkspaceFlags): Workspace {
  return {
    version: packageVersion(),
    out: resolve(out),
    cache: cacheFolder(),
    hub: hubSettings(process.env, homedir()),
    secret: (name) => process.env[name],
    cardFolders: cardFolders(),
    data: new Map(data.map(parseDataFlag)),
    strict,
    compute: {
      threads: threads === undefined ? availableParallelism() : positiveFlag("--threads", threads),
      maxBytes: Math.max(LEAST_ENGINE_BYTES, parseSize("--max-ram", maxRam) - PROCESS_BYTES),
    },
    clock: monotonicClock,
    say: (line) => console.error(visibleText(line)),
    ...openTerminal(),
  };
}

/** The person at the terminal: sees progress, and may stop the work. */
export function openTerminal(): Pick<Workspace, "progress"> & { readonly signal: AbortSignal } {
  const interactive = process.stderr.isTTY === true && !process.env["CI"];
  const write = (text: string) => process.stderr.write(text);
  return { progress: createProgress({ write, interactive, clock: monotonicClock }), signal: abortOnSignals() };
}

/** Dataset cards of the current folder come before those that are shipped. */
export function cardFolders(): readonly string[] {
  return [resolve("datasets"), fileURLToPath(new URL("../../datasets", import.meta.url))];
}

/** Packs of published figures of the current folder come before those that are shipped. */
export function packFolders(): readonly string[] {
  return [resolve("reports/published"), fileURLToPath(new URL("../../reports/published", import.meta.url))];
}

/** `$SPIKEBENCH_CACHE`, else `$XDG_CACHE_HOME/spikebench`, else `~/.cache/spikebench`. */
export function cacheFolder(): string {
  const { SPIKEBENCH_CACHE: own, XDG_CACHE_HOME: xdg } = process.env;
  if (own) return resolve(own);
  // the XDG specification asks to ignore a relative path
  return xdg && isAbsolute(xdg) ? join(xdg, "spikebench") : join(homedir(), ".cache", "spikebench");
}

/** `$SPIKEBENCH_CACHE_LIMIT` in bytes: what cached vectors may take; unset or empty means no limit. */
export function cacheLimit(): number | undefined {
  const { SPIKEBENCH_CACHE_LIMIT: limit } = process.env;
  return limit ? parseSize("SPIKEBENCH_CACHE_LIMIT", limit) : undefined;
}

function parseDataFlag(flag: string): readonly [string, string] {
  const split = flag.indexOf("=");
  if (split > 0 && split < flag.length - 1) return [flag.slice(0, split), resolve(flag.slice(split + 1))];
  throw new HarnessError("USAGE", `expected \`--data id=PATH\`, got \`--data ${flag}\`.`);
}

/** The first signal asks the work to stop at the next safe point; a second one ends the process at once. */
function abortOnSignals(): AbortSignal {
  const controller = new AbortController();
  // requests under way and waits of a whole run listen to it: more than ten are no leak
  setMaxListeners(0, controller.signal);
  for (const [signal, code] of [
    ["SIGINT", "INTERRUPTED"],
    ["SIGTERM", "TERMINATED"],
  ] as const) {
    process.once(signal, () => {
      controller.abort(
        new HarnessError(code, "stopped; finished cells, encoded texts and answers of models are kept.", {
          hint: "Run the same command again to go on.",
        }),
      );
    });
  }
  return controller.signal;
}

/** A flag that counts something. @throws {HarnessError} `USAGE` */
export function positiveFlag(name: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new HarnessError("USAGE", `expected \`${name}\` to be a whole number of 1 or more, got \`${text}\`.`);
}

/** A flag that may be 0, such as a seed. @throws {HarnessError} `USAGE` */
export function wholeFlag(name: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new HarnessError("USAGE", `expected \`${name}\` to be a whole number of 0 or more, got \`${text}\`.`);
}

/** A weight, 0 to 1. @throws {HarnessError} `USAGE` */
export function alphaFlag(name: string, text: string): number {
  if (/^(0(\.\d{1,12})?|1(\.0{1,12})?)$/.test(text)) return Number(text);
  throw new HarnessError("USAGE", `expected \`${name}\` to be a number from 0 to 1, got \`${text}\`.`);
}

/** A port to listen on; 0 means any. @throws {HarnessError} `USAGE` */
export function portFlag(name: string, text: string): number {
  const port = wholeFlag(name, text);
  if (port <= 65_535) return port;
  throw new HarnessError("USAGE", `expected \`${name}\` to be a port, 0 to 65535, got \`${text}\`.`);
}

/** Where a step of a GitHub workflow leaves what it found; outside of one `isStep` is false. */
export function stepFiles() {
  const { GITHUB_ACTIONS: actions, GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output } = process.env;
  return {
    stepSummary: summary || undefined,
    stepOutput: output || undefined,
    isStep: actions === "true" || Boolean(summary) || Boolean(output),
  };
}
