import { readFile } from "node:fs/promises";
import { HarnessError } from "../errors.ts";
import { countBytes } from "../remote/count-bytes.ts";
import { type HubRepository, openRepository } from "../remote/hub-repository.ts";
import { type HeldFile, obtainFiles } from "../remote/obtain-files.ts";
import { boundedMap } from "../runtime/bounded-map.ts";
import { hubRecordFolder } from "../storage/layout.ts";
import type { CardSource } from "./card.ts";
import type { Fetched, ResolvedRevision, SourceAccess } from "./fetch-access.ts";
import type { LocalFiles } from "./types.ts";

type Mount = Extract<CardSource, { hub: unknown }>["hub"][number];

const REPOSITORIES_AT_ONCE = 4;

/**
 * The files of repositories of the hub that a format chooses, in the hub's own cache. A repository's files appear below
 * its `mount`.
 *
 * @throws {HarnessError} as `openRepository`; `FILE_MISSING` when the format does not find its files
 */
export async function gatherHub(mounts: readonly Mount[], access: SourceAccess): Promise<Fetched> {
  const stop = new AbortController();
  const signal = access.signal === undefined ? stop.signal : AbortSignal.any([access.signal, stop.signal]);
  const records = hubRecordFolder(access.cache);
  const opened = await boundedMap(mounts, REPOSITORIES_AT_ONCE, async (mount) => {
    return { mount, from: await openRepository({ kind: "datasets", ...mount }, { ...access, records, signal }) };
  });
  const held = joinMounts(opened, access.id);
  const where = opened.map(({ from }) => `${from.repository}@${from.commit.slice(0, 10)}`).join(", ");
  const read = new Map<string, HeldFile>();
  const count = countBytes(access.progress);
  const wanted = await access.format.select({
    where,
    paths: [...held.keys()].sort(),
    async readText(path) {
      const file = find(held, path, where);
      await file.from.obtain(file.file, count.meter);
      read.set(path, file);
      return await readFile(file.from.absolute(file.file.path), "utf8");
    },
  });
  const chosen = new Map(wanted.map((path) => [path, find(held, path, where)] as const));
  await obtainFiles([...chosen.values()], { label: `fetching ${access.id}`, count, stop });
  const all = new Map([...chosen, ...read]);
  const revisions = opened.map(({ mount: { repository, revision }, from: { commit } }) => ({
    repository,
    revision,
    commit,
  }));
  return {
    files: localFiles(all, where),
    revisions,
    downloaded: count.arrived(),
    verified: all.size,
    bytes: [...all.values()].reduce((sum, { file }) => sum + file.size, 0),
    notes: revisionNotes(revisions),
  };
}

function joinMounts(
  opened: readonly { readonly mount: Mount; readonly from: HubRepository }[],
  id: string,
): ReadonlyMap<string, HeldFile> {
  const held = new Map<string, HeldFile>();
  for (const { mount, from } of opened) {
    const prefix = mount.mount.replace(/\/*$/, mount.mount === "" ? "" : "/");
    for (const file of from.files) {
      const path = prefix + file.path;
      // what every repository has and no format reads twice: the first one's counts
      const isUsual = /^(README\.md|\.gitattributes)$/.test(file.path);
      if (held.has(path) && !isUsual) {
        throw new HarnessError("DATA_INVALID", `two repositories have a file \`${path}\`.`, {
          where: `dataset \`${id}\``,
          hint: "Give one of them a `mount` in the card.",
        });
      }
      if (!held.has(path)) held.set(path, { from, file });
    }
  }
  return held;
}

function find(held: ReadonlyMap<string, HeldFile>, path: string, where: string): HeldFile {
  const found = held.get(path);
  if (found !== undefined) return found;
  throw new HarnessError("FILE_MISSING", `expected \`${path}\`, found no such file.`, { where });
}

function localFiles(all: ReadonlyMap<string, HeldFile>, where: string): LocalFiles {
  function absolute(path: string): string {
    const { from, file } = find(all, path, where);
    return from.absolute(file.path);
  }
  return {
    where,
    paths: [...all.keys()].sort(),
    absolute,
    readText: (path) => readFile(absolute(path), "utf8"),
  };
}

function revisionNotes(revisions: readonly ResolvedRevision[]): readonly string[] {
  return revisions
    .filter(({ revision, commit }) => revision !== commit)
    .map(({ repository, revision, commit }) => `Revision ${revision} of ${repository} resolved to ${commit}.`);
}
