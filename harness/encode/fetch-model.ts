import { countBytes } from "../remote/count-bytes.ts";
import { type HubAccess, openRepository } from "../remote/hub-repository.ts";
import { obtainFiles } from "../remote/obtain-files.ts";
import type { Progress } from "../runtime/progress.ts";
import { chooseFrom, type Dtype, type ModelChoice } from "./model-files.ts";

export type ModelFetch = Pick<HubAccess, "hub" | "records" | "signal"> & { readonly progress: Progress };

export type FetchedModel = {
  readonly repository: string;
  readonly revision: string;
  /** What the revision names now; encoders go by it from here on. */
  readonly commit: string;
  readonly dtype: Dtype;
  readonly files: number;
  readonly bytes: number;
  /** Bytes that came over the network this time. */
  readonly downloaded: number;
};

/**
 * Brings the files of a model here that an encoder reads, and compares the digest of every one, also of those that were
 * there. For a commit whose files are all there nothing is asked of the network.
 *
 * @throws {HarnessError} `FILE_MISSING` when the repository lacks one; and as `openRepository`
 */
export async function fetchModel(
  { model, revision = "main", dtype, onnx: repository = model }: ModelChoice,
  { progress, ...access }: ModelFetch,
): Promise<FetchedModel> {
  const stop = new AbortController();
  const signal = access.signal === undefined ? stop.signal : AbortSignal.any([access.signal, stop.signal]);
  const asked = { kind: "models", repository, revision } as const;
  const remedy = `Run \`spikebench models fetch ${repository}\`.`;
  const from = await openRepository(asked, { ...access, mode: "download", remedy, signal });
  const chosen = chooseFrom(from, dtype);
  const count = countBytes(progress);
  await obtainFiles(
    chosen.map((file) => ({ from, file })),
    { label: `fetching ${repository}`, count, stop },
  );
  const bytes = chosen.reduce((sum, { size }) => sum + size, 0);
  const { commit } = from;
  return { repository, revision, commit, dtype, files: chosen.length, bytes, downloaded: count.arrived() };
}
