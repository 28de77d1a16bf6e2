import { HarnessError } from "../errors.ts";

const ELSEWHERE = "Choose another folder with `--out`, or SPIKEBENCH_CACHE for the cache.";

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
        : new HarnessError("NOT_WRITABLE", "the folder to write into does not exist and cannot be made.", {
            where: path,
            hint: ELSEWHERE,
            cause,
          });
    case "EISDIR":
      return doing === "read"
        ? new HarnessError("FILE_UNREADABLE", "expected a file, found a folder.", {
            where: path,
            hint: "Name a file in it.",
            cause,
          })
        : new HarnessError("NOT_WRITABLE", "expected a file, found a folder.", { where: path, cause });
    case "EEXIST":
      return new HarnessError("NOT_WRITABLE", "expected a folder to write into, found a file in its place.", {
        where: path,
        hint: "Remove that file, or choose another folder with `--out`.",
        cause,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return doing === "read"
        ? new HarnessError("FILE_UNREADABLE", "no permission to read it.", { where: path, cause })
        : new HarnessError("NOT_WRITABLE", "no permission to write here.", {
            where: path,
            hint: ELSEWHERE,
            cause,
          });
    case "EMFILE":
    case "ENFILE":
      return new HarnessError("TOO_MANY_FILES", "the system allows no more open files.", {
        where: path,
        hint: "Raise the limit (`ulimit -n 4096`), or split the alphas of the run file.",
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
      return isSystemError(cause)
        ? new HarnessError(
            doing === "read" ? "FILE_UNREADABLE" : "NOT_WRITABLE",
            `the system says: ${cause.message}.`,
            {
              where: path,
              cause,
            },
          )
        : cause;
  }
}

/** Too long a name, too many open files, a broken disk: what the system refuses is no bug of ours. */
function isSystemError(error: Error): boolean {
  return typeof (error as NodeJS.ErrnoException).syscall === "string";
}
