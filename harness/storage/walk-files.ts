import type { Stats } from "node:fs";
import { lstat, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileError } from "./file-error.ts";

export type FoundFile = {
  readonly path: string;
  readonly bytes: number;
  /** Time of its last change, milliseconds since 1970. */
  readonly modified: number;
  /** False for links, sockets and the like, which are listed and never followed. */
  readonly regular: boolean;
};

/**
 * Everything at or below a path that is no folder itself, in the order of the names. There is nothing at a path that does
 * not exist, and what vanishes meanwhile is left out. Only the path itself may be a link to what is meant.
 *
 * @throws {HarnessError} `FILE_UNREADABLE`
 */
export async function* walkFiles(path: string): AsyncGenerator<FoundFile> {
  yield* walk(path, await unlessGone(path, stat(path)));
}

async function* walk(path: string, found: Stats | undefined): AsyncGenerator<FoundFile> {
  if (found === undefined) return;
  if (!found.isDirectory()) {
    yield { path, bytes: found.size, modified: found.mtimeMs, regular: found.isFile() };
    return;
  }
  for (const name of await namesInFolder(path)) {
    const inner = join(path, name);
    yield* walk(inner, await unlessGone(inner, lstat(inner)));
  }
}

/** Names in a folder, sorted; none where there is no folder. @throws {HarnessError} `FILE_UNREADABLE` */
export async function namesInFolder(folder: string): Promise<readonly string[]> {
  return (await unlessGone(folder, readdir(folder)))?.sort() ?? [];
}

async function unlessGone<Found>(path: string, look: Promise<Found>): Promise<Found | undefined> {
  try {
    return await look;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw fileError(path, "read", cause);
  }
}
