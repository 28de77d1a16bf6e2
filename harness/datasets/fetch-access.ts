import type { HubSettings } from "../remote/hub-settings.ts";
import type { Progress } from "../runtime/progress.ts";
import type { DatasetFormat, LocalFiles } from "./types.ts";

/** What gathering the files of any source takes. */
export type SourceAccess = {
  readonly id: string;
  readonly format: DatasetFormat;
  readonly hub: HubSettings;
  /** Our own cache folder. */
  readonly cache: string;
  /** `cached` asks the network for nothing. */
  readonly mode: "download" | "cached";
  /** What to do when something is not in the cache, as a sentence. */
  readonly remedy: string;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
};

/** The files of a dataset, on disk and checked. */
export type Fetched = {
  readonly files: LocalFiles;
  /** The commits that the files are of. */
  readonly revisions: readonly ResolvedRevision[];
  /** Bytes that came over the network this time. */
  readonly downloaded: number;
  /** Files whose digest was compared, now or, when only the cache was asked, earlier. */
  readonly verified: number;
  /** Bytes of all files. */
  readonly bytes: number;
  /** What a report should say of where the files come from. */
  readonly notes: readonly string[];
};

export type ResolvedRevision = { readonly repository: string; readonly revision: string; readonly commit: string };
