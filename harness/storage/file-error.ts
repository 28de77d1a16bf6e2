import { HarnessError } from "../errors.ts";

/**
 * The system's error on a file as one that a user can act on; anything else comes back as it is.
 *
 * Codes: `FILE_MISSING`, `FILE_UNREADABLE`, `NOT_WRITABLE`, `DISK_FULL`.
 */
export function fileError(path: string, doing: "read" | "write", cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof HarnessError) return cause;
  switch ((cause as NodeJS.ErrnoException).code) {
    case "ENOENT":
    case "ENOTDIR":
      return doing === "read"
        ? new HarnessError("FILE_MISSING", "expected a file, found none.", { where: path, cause })
        : new HarnessError("NOT_WRITABLE", "the folder to write into does not exist.", { where: path, cause });
    case "EISDIR":
      return new HarnessError("FILE_UNREADABLE", "expected a file, found a folder.", { where: path, cause });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return doing === "read"
        ? new HarnessError("FILE_UNREADABLE", "no permission to read it.", { where: path, cause })
        : new HarnessError("NOT_WRITABLE", "no permission to write here.", {
            where: path,
            hint: "Choose another folder with `--out`, or SPIKEBENCH_CACHE for the cache.",
            cause,
          });
    case "ENOSPC":
    case "EDQUOT":
      return new HarnessError("DISK_FULL", "no space left on the device.", {
        where: path,
        hint: "Nothing half-written was kept; free some space and run again.",
        cause,
      });
    default:
      return cause;
  }
}
