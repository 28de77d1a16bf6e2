import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { didYouMean } from "../../component.ts";
import { HarnessError } from "../../errors.ts";
import { type FolderServer, serveFolder } from "../../remote/serve-folder.ts";
import { renderFolderPage } from "../../report/folder-page.ts";
import { fileError } from "../../storage/file-error.ts";

export type OpenedReports = FolderServer & {
  /** Of the report, or of the list of reports. */
  readonly url: string;
};

/**
 * Serves `reports/` to this machine.
 *
 * @param out root of `reports/`
 * @throws {HarnessError} `FILE_MISSING` when there is no such folder or report, and as `serveFolder`
 */
export async function openReports(
  out: string,
  { name, port }: { readonly name: string | undefined; readonly port: number },
): Promise<OpenedReports> {
  const folder = join(out, "reports");
  const names = await reportNames(folder);
  if (name !== undefined && !names.includes(name)) {
    throw new HarnessError("FILE_MISSING", `expected a report, found none called \`${name}\`.`, {
      where: folder,
      hint: didYouMean(name, names) || `There ${names.length === 1 ? "is" : "are"} ${names.join(", ") || "none"}.`,
    });
  }
  const server = await serveFolder(folder, { port, renderListing: renderFolderPage });
  const path = name === undefined ? "" : `${encodeURIComponent(name)}/`;
  return { ...server, url: `${server.origin}/${path}` };
}

async function reportNames(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (cause) {
    throw fileError(folder, "read", cause);
  }
}
