import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../storage/atomic-write.ts";
import { readRecord } from "../storage/json-record.ts";
import { repositoryFolder } from "./hub-cache.ts";
import { blobName, digestAs, type HubFile, hubFileSchema } from "./hub-file.ts";
import type { HubRequest } from "./hub-refusal.ts";

/** What we know of a repository beyond the hub's own cache; in our cache, for the hub's has no place for it. */
export type HubRecords = {
  readTree(commit: string): Promise<readonly HubFile[] | undefined>;
  writeTree(commit: string, files: readonly HubFile[]): Promise<void>;
  /** The commit that a revision was resolved to by the last fetch. */
  readRevision(revision: string): Promise<string | undefined>;
  writeRevision(revision: string, commit: string): Promise<void>;
  /**
   * Whether a file on disk has the digest that its repository says. `trust` takes the word of an earlier check while size
   * and time of the file are what they were then.
   */
  examine(path: string, file: HubFile, options: { readonly trust: boolean }): Promise<"absent" | "sound" | "damaged">;
};

const treeSchema = z.array(hubFileSchema);
const revisionSchema = z.object({ commit: z.string().regex(/^[0-9a-f]{40}$/) });
const checkSchema = z.object({ size: z.number(), mtimeMs: z.number() });

/** @param folder our cache's folder for the hub */
export function hubRecords(folder: string, of: Pick<HubRequest, "kind" | "repository">): HubRecords {
  const root = join(folder, repositoryFolder(of));
  const treeFile = (commit: string) => join(root, "trees", `${commit}.json`);
  const revisionFile = (revision: string) => join(root, "revisions", `${encodeURIComponent(revision)}.json`);
  return {
    readTree: (commit) => readRecord(treeFile(commit), treeSchema),
    writeTree: (commit, files) => writeFileAtomic(treeFile(commit), JSON.stringify(files)),
    readRevision: async (revision) => (await readRecord(revisionFile(revision), revisionSchema))?.commit,
    writeRevision: (revision, commit) => writeFileAtomic(revisionFile(revision), JSON.stringify({ commit })),
    async examine(path, file, { trust }) {
      const found = await stat(path).catch(() => undefined);
      if (found === undefined) return "absent";
      if (found.size !== file.size) return "damaged";
      const checkFile = join(root, "verified", `${blobName(file)}.json`);
      const known = trust ? await readRecord(checkFile, checkSchema) : undefined;
      if (known?.size === found.size && known.mtimeMs === found.mtimeMs) return "sound";
      if ((await digestAs(path, file)) !== blobName(file)) return "damaged";
      await writeFileAtomic(checkFile, JSON.stringify({ size: found.size, mtimeMs: found.mtimeMs }));
      return "sound";
    },
  };
}
