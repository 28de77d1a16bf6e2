import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { HarnessError } from "../errors.ts";
import { fileError } from "../storage/file-error.ts";
import type { LocalFiles } from "./types.ts";

/**
 * All files below a folder, symbolic links included.
 *
 * @throws {HarnessError} `FILE_MISSING` when there is no such folder
 */
export async function listLocalFiles(folder: string): Promise<LocalFiles> {
  let paths: string[];
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    paths = entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR")) {
      throw new HarnessError("FILE_MISSING", "expected a folder, found none.", { where: folder, cause });
    }
    throw fileError(folder, "read", cause);
  }
  return {
    where: folder,
    paths: paths.map((path) => path.split(sep).join("/")).sort(),
    absolute: (path) => join(folder, path),
    readText: (path) => readFile(join(folder, path), "utf8"),
  };
}
