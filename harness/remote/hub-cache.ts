import { randomUUID } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, readlink, rename, stat, symlink } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { writeFileAtomic } from "../storage/atomic-write.ts";
import { fileError } from "../storage/file-error.ts";
import { blobName, type HubFile } from "./hub-file.ts";
import type { HubRequest } from "./hub-refusal.ts";

/** Part of the hub's cache that belongs to one repository, laid out as huggingface_hub does. */
export type RepositoryCache = {
  /** Content by its digest. */
  blob(file: HubFile): string;
  /** A file by its path at a commit: a relative link to its blob. */
  snapshot(commit: string, path: string): string;
  /** The commit that a branch or tag named when somebody last asked. */
  readRef(revision: string): Promise<string | undefined>;
  writeRef(revision: string, commit: string): Promise<void>;
  /** Makes the snapshot's entry of a blob that is there. */
  link(commit: string, file: HubFile): Promise<void>;
  /** The files of a commit that are here, as far as their links say what they are. */
  listSnapshot(commit: string): Promise<readonly HubFile[]>;
};

/** Source: huggingface_hub, "Understand caching". */
export function repositoryCache(cacheFolder: string, of: Pick<HubRequest, "kind" | "repository">): RepositoryCache {
  const folder = join(cacheFolder, repositoryFolder(of));
  const blob = (file: HubFile) => join(folder, "blobs", blobName(file));
  const snapshot = (commit: string, path: string) => join(folder, "snapshots", commit, ...path.split("/"));
  const ref = (revision: string) => join(folder, "refs", ...revision.split("/"));
  return {
    blob,
    snapshot,
    async readRef(revision) {
      const text = await readFile(ref(revision), "utf8").catch(() => "");
      return /^[0-9a-f]{40}$/.exec(text.trim())?.[0];
    },
    writeRef: (revision, commit) => writeFileAtomic(ref(revision), commit),
    link: (commit, file) => linkFile(blob(file), snapshot(commit, file.path)),
    listSnapshot: (commit) => listLinks(join(folder, "snapshots", commit)),
  };
}

/** Name of the folder of a repository, in the hub's cache and in ours. */
export function repositoryFolder({ kind, repository }: Pick<HubRequest, "kind" | "repository">): string {
  return `${kind}--${repository.replaceAll("/", "--")}`;
}

async function linkFile(blob: string, path: string): Promise<void> {
  const target = relative(dirname(path), blob);
  if ((await readlink(path).catch(() => undefined)) === target) return;
  const temporary = `${path}.${process.pid}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    // without the right to make links (Windows) the content is there twice, as huggingface_hub does it
    await symlink(target, temporary).catch(() => copyFile(blob, temporary));
    await rename(temporary, path);
  } catch (cause) {
    throw fileError(path, "write", cause);
  }
}

async function listLinks(folder: string): Promise<readonly HubFile[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files: HubFile[] = [];
  for (const name of names.sort()) {
    const digest = basename(await readlink(join(folder, name)).catch(() => ""));
    const size = (await stat(join(folder, name)).catch(() => undefined))?.size;
    if (size === undefined || !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(digest)) continue;
    const sha256 = digest.length === 64 ? digest : undefined;
    files.push({ path: name.split(sep).join("/"), size, oid: digest.slice(0, 40), sha256 });
  }
  return files;
}
