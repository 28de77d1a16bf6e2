import { stat } from "node:fs/promises";
import { fileError } from "./file-error.ts";

/**
 * What changes when somebody writes a file, for little: size, time of the last change and inode. It says that a file is
 * still the one whose content was hashed; it is no hash.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`
 */
export async function fileStamp(path: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(path, { bigint: true });
    return `${ino}:${size}:${mtimeNs}`;
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
}
