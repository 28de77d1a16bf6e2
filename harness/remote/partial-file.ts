import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileError } from "../storage/file-error.ts";

/** The part of a file that has arrived; nobody else writes to it. */
export type Claim = {
  readonly path: string;
  /** Leaves what has arrived for whoever comes next. */
  release(): Promise<void>;
};

/**
 * Takes what an earlier download of `target` left, by renaming it: two processes that want the same file never write to
 * one partial file, and each at worst downloads it for itself. Parts of processes of this machine that have ended count as
 * left. huggingface_hub's own `<blob>.incomplete` is not touched, for it may be growing.
 */
export async function claimPartial(target: string): Promise<Claim> {
  const resting = `${target}.spikebench.incomplete`;
  const path = `${target}.${hostname()}.${process.pid}.${randomUUID().slice(0, 8)}.incomplete`;
  const folder = dirname(target);
  try {
    await mkdir(folder, { recursive: true });
    for (const name of [basename(resting), ...(await orphans(target))]) {
      if (await moved(join(folder, name), path)) break;
    }
  } catch (cause) {
    throw fileError(target, "write", cause);
  }
  return {
    path,
    async release() {
      await moved(path, resting);
    },
  };
}

async function orphans(target: string): Promise<readonly string[]> {
  const prefix = `${basename(target)}.${hostname()}.`;
  const names = await readdir(dirname(target));
  return names.filter((name) => {
    if (!name.startsWith(prefix)) return false;
    const [, pid] = /^(\d+)\.[0-9a-f]{8}\.incomplete$/.exec(name.slice(prefix.length)) ?? [];
    return pid !== undefined && !isRunning(Number(pid));
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's process, which runs
    return !(error instanceof Error && "code" in error && error.code === "ESRCH");
  }
}

async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}
