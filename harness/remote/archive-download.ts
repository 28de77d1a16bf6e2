import { stat } from "node:fs/promises";
import { HarnessError } from "../errors.ts";
import { hashFile } from "../storage/content-hash.ts";
import { type Network, shown } from "./http-exchange.ts";
import type { Meter } from "./transfer.ts";
import { downloadVerified, type Mismatch } from "./verified-download.ts";

/** A file at an address that is no hub's; no token goes there. */
export type RemoteArchive = {
  readonly url: string;
  readonly sha256?: string | undefined;
  readonly md5?: string | undefined;
  readonly bytes?: number | undefined;
};

/**
 * Downloads an archive and compares it with what is known of it.
 *
 * @returns what it is: sha256 and size
 * @throws {HarnessError} `CHECKSUM_MISMATCH`, `REMOTE_REFUSED`, `REMOTE_UNREACHABLE`
 */
export async function downloadArchive(
  archive: RemoteArchive,
  target: string,
  { network, meter }: { readonly network: Network; readonly meter: Meter },
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const { url, sha256, md5, bytes } = archive;
  await downloadVerified(
    {
      url,
      name: shown(url),
      credentials: undefined,
      size: bytes,
      checked: sha256 !== undefined || md5 !== undefined,
      meter,
      refuse: ({ status }) =>
        new HarnessError(
          status >= 500 ? "REMOTE_UNREACHABLE" : "REMOTE_REFUSED",
          `the server answers with status ${status}.`,
          { where: shown(url), hint: "Check `source` in the dataset's card, or try again later." },
        ),
      check: (path) => compare(path, archive),
    },
    target,
    network,
  );
  return { sha256: await hashFile(target), bytes: (await stat(target)).size };
}

async function compare(path: string, { sha256, md5 }: RemoteArchive): Promise<Mismatch | undefined> {
  for (const [algorithm, expected] of [
    ["sha256", sha256],
    ["md5", md5],
  ] as const) {
    const found = expected === undefined ? undefined : await hashFile(path, { algorithm });
    if (expected !== undefined && found !== undefined && found !== expected.toLowerCase()) {
      return { expected: `${algorithm} ${expected}`, found };
    }
  }
  return undefined;
}
