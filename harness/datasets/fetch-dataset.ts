import { HarnessError } from "../errors.ts";
import type { Card } from "./card.ts";
import type { Fetched, SourceAccess } from "./fetch-access.ts";
import { gatherArchive } from "./fetch-archive.ts";
import { gatherHub } from "./fetch-hub.ts";

export type FetchOptions = Omit<SourceAccess, "mode" | "remedy"> & { readonly card: Card };

/**
 * Brings the files of a dataset here: downloads what is missing, and compares the digest of every file, also of those that
 * were there, so that a damaged cache is found and mended. For a card with a commit nothing is asked of the network when
 * all files are there.
 *
 * @throws {HarnessError} `OFFLINE`, `CHECKSUM_MISMATCH`, `ARCHIVE_REFUSED`, `REMOTE_REFUSED`, `REMOTE_UNREACHABLE`;
 *   `FILE_MISSING` when the source lacks what the format reads; `USAGE` for a card without a source
 */
export async function fetchDataset(options: FetchOptions): Promise<Fetched> {
  return await gather(options, "download");
}

/**
 * The files of a dataset that was fetched before; never touches the network. A file is hashed again only when its size or
 * time is not what it was after the last check.
 *
 * @throws {HarnessError} `NOT_FETCHED`, `CHECKSUM_MISMATCH`, each with the command that mends it; `FILE_MISSING`
 */
export async function openFetched(options: FetchOptions): Promise<Fetched> {
  return await gather(options, "cached");
}

async function gather({ card, ...options }: FetchOptions, mode: SourceAccess["mode"]): Promise<Fetched> {
  const { source } = card;
  const access = { ...options, mode, remedy: `Run \`spikebench datasets fetch ${options.id}\`.` };
  if (source === undefined) {
    throw new HarnessError("USAGE", "its card names no source; the files lie beside the card.", {
      where: `dataset \`${options.id}\``,
    });
  }
  return "hub" in source ? await gatherHub(source.hub, access) : await gatherArchive(source.zip, access);
}
