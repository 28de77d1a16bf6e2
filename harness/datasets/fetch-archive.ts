import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { downloadArchive, type RemoteArchive } from "../remote/archive-download.ts";
import { countBytes } from "../remote/count-bytes.ts";
import { writeFileAtomic } from "../storage/atomic-write.ts";
import { hashFile, hashJson } from "../storage/content-hash.ts";
import { readRecord } from "../storage/json-record.ts";
import { datasetFolder } from "../storage/layout.ts";
import { extractZip } from "../storage/zip.ts";
import type { Fetched, SourceAccess } from "./fetch-access.ts";
import type { LocalFiles } from "./types.ts";

/** What an archive turned out to be and what was in it; stands beside the folder it was unpacked into. */
const recordSchema = z.object({
  url: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number(),
  files: z.array(z.object({ path: z.string(), size: z.number(), sha256: z.string(), mtimeMs: z.number() })),
});

type ArchiveRecord = z.output<typeof recordSchema>;

/**
 * The files of an archive: as unpacked earlier, or downloaded and unpacked now, into `<cache>/datasets/<id>/<sha256>/`.
 * The archive itself is not kept.
 *
 * @throws {HarnessError} `NOT_FETCHED`, `OFFLINE`, `ARCHIVE_REFUSED`, `CHECKSUM_MISMATCH`, `REMOTE_REFUSED`,
 *   `REMOTE_UNREACHABLE`; `FILE_MISSING` when the format does not find its files
 */
export async function gatherArchive(archive: RemoteArchive, access: SourceAccess): Promise<Fetched> {
  const { cache, id, format, mode } = access;
  const folder = datasetFolder(cache, id);
  const { url, sha256, md5 } = archive;
  const recordFile = join(folder, `${hashJson({ url, sha256, md5 }).slice(0, 16)}.json`);
  const known = await readRecord(recordFile, recordSchema);
  const damaged = known === undefined ? undefined : await findDamage(folder, known, { trust: mode === "cached" });
  const isSound = known !== undefined && damaged === undefined;
  if (!isSound) refuseWithoutNetwork(url, damaged, access);
  const record = isSound
    ? known
    : await fetchArchive({ archive, folder, zip: recordFile.replace(/json$/, "zip") }, access);
  if (!isSound) await writeFileAtomic(recordFile, `${JSON.stringify(record, undefined, 2)}\n`);
  const files = filesOf(folder, record);
  await format.select(files);
  return {
    files,
    revisions: [],
    downloaded: isSound ? 0 : record.bytes,
    verified: record.files.length,
    bytes: record.files.reduce((sum, { size }) => sum + size, 0),
    notes: sha256 === undefined ? [`The archive ${url} had sha256 ${record.sha256}.`] : [],
  };
}

/** @param damaged a file that is not what was unpacked */
function refuseWithoutNetwork(url: string, damaged: string | undefined, { mode, hub, id, remedy }: SourceAccess): void {
  const where = `dataset \`${id}\``;
  if (mode === "cached" && damaged !== undefined) {
    throw new HarnessError("CHECKSUM_MISMATCH", "not the file that was unpacked.", { where: damaged, hint: remedy });
  }
  if (mode === "cached") throw new HarnessError("NOT_FETCHED", "its files are not here.", { where, hint: remedy });
  if (!hub.offline) return;
  throw new HarnessError("OFFLINE", `${url} is not in the cache, and HF_HUB_OFFLINE forbids to ask for it.`, {
    where,
    hint: "Unset HF_HUB_OFFLINE, or give the unpacked folder with `--data`.",
  });
}

type Places = { readonly archive: RemoteArchive; readonly folder: string; readonly zip: string };

async function fetchArchive({ archive, folder, zip }: Places, access: SourceAccess): Promise<ArchiveRecord> {
  const { hub, signal, id, progress } = access;
  const network = { fetch: hub.fetch, pause: hub.pause, stallMs: hub.stallMs, signal };
  const { meter, watch } = countBytes(progress);
  const { sha256, bytes } = await watch(`downloading ${id}`, archive.bytes ?? 0, () =>
    downloadArchive(archive, zip, { network, meter }),
  );
  try {
    const target = join(folder, sha256);
    // what a record no longer vouches for
    await rm(target, { recursive: true, force: true });
    const files = await extractZip(zip, target, { signal });
    return { url: archive.url, sha256, bytes, files: [...files] };
  } finally {
    await rm(zip, { force: true });
  }
}

function filesOf(folder: string, { sha256, files }: ArchiveRecord): LocalFiles {
  const root = join(folder, sha256);
  return {
    where: root,
    paths: files.map(({ path }) => path),
    absolute: (path) => join(root, path),
    readText: (path) => readFile(join(root, path), "utf8"),
  };
}

/** The first file that is not as it was unpacked. `trust` is content with size and time. */
async function findDamage(
  folder: string,
  { sha256, files }: ArchiveRecord,
  { trust }: { readonly trust: boolean },
): Promise<string | undefined> {
  for (const file of files) {
    const path = join(folder, sha256, file.path);
    const found = await stat(path).catch(() => undefined);
    if (found?.size !== file.size) return path;
    if (trust && found.mtimeMs === file.mtimeMs) continue;
    if ((await hashFile(path)) !== file.sha256) return path;
  }
  return undefined;
}
