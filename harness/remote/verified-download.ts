import { rename, rm, stat } from "node:fs/promises";
import { HarnessError } from "../errors.ts";
import { fileError } from "../storage/file-error.ts";
import { type Network, shown } from "./http-exchange.ts";
import { claimPartial } from "./partial-file.ts";
import { type Transfer, transfer } from "./transfer.ts";

export type Download = Transfer & {
  /** How messages call the file. */
  readonly name: string;
  /** What is wrong with the file at a path; undefined when it is what was expected. */
  check(path: string): Promise<Mismatch | undefined>;
};

export type Mismatch = { readonly expected: string; readonly found: string };

/**
 * Downloads a file, checks it, and only then gives it its name. A file that is not what it should be is deleted and fetched
 * once more from its first byte.
 *
 * @throws {HarnessError} `CHECKSUM_MISMATCH` for the second time; and as `transfer`
 */
export async function downloadVerified(download: Download, target: string, network: Network): Promise<void> {
  const claim = await claimPartial(target);
  try {
    const first = await arrive(download, claim.path, network);
    const mismatch = first === undefined ? undefined : await arrive(download, claim.path, network);
    if (mismatch !== undefined) {
      const { expected, found } = mismatch;
      throw new HarnessError("CHECKSUM_MISMATCH", `\`${download.name}\`: expected ${expected}, got ${found}, twice.`, {
        where: shown(download.url),
        hint: "What was received is not the file; it was deleted. Try another network or mirror, or mend the card.",
      });
    }
    await rename(claim.path, target).catch((cause: unknown) => {
      throw fileError(target, "write", cause);
    });
  } finally {
    await claim.release();
  }
}

async function arrive(download: Download, partial: string, network: Network): Promise<Mismatch | undefined> {
  await transfer(download, partial, network);
  network.signal?.throwIfAborted();
  const mismatch = await download.check(partial);
  if (mismatch !== undefined) {
    download.meter.add(-(await stat(partial)).size);
    await rm(partial, { force: true });
  }
  return mismatch;
}
