import type { EngineServices } from "../engine/types.ts";
import type { BatchFiles } from "../llm/completion-services.ts";
import type { HubSettings } from "../remote/hub-settings.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Progress } from "../runtime/progress.ts";

/** Everything a command takes from its surroundings. */
export type Workspace = {
  /** Of spikebench. */
  readonly version: string;
  /** Root of `runs/` and `reports/`. */
  readonly out: string;
  /** Folder of cached vectors, of unpacked archives and of what is known of hub repositories. */
  readonly cache: string;
  readonly hub: HubSettings;
  /** The value of an environment variable that a run file names as the place of a key. */
  readonly secret?: ((name: string) => string | undefined) | undefined;
  /** Folders that are searched for dataset cards, in this order. */
  readonly cardFolders: readonly string[];
  /** Folders of datasets given on the command line, by dataset id. */
  readonly data: ReadonlyMap<string, string>;
  readonly strict: boolean;
  /** Threads of an engine, and bytes that a search may hold. */
  readonly compute: EngineServices;
  readonly progress: Progress;
  readonly clock: Clock;
  /** Prints a line for the person at the terminal. */
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Where requests to models go instead of to their servers, or answers come from. */
  readonly batchFiles?: BatchFiles | undefined;
};
