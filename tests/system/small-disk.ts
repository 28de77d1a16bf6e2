import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { promisify } from "node:util";
import type { TestContext } from "vitest";

const run = promisify(execFile);

export type SmallDisk = {
  /** Gives it another size, such as `16m`. */
  resize(size: string): Promise<void>;
};

export type SmallDiskPlace = { readonly path: string; readonly size: string; readonly skip: TestContext["skip"] };

/** Mounts a small file system on a folder for the time of `work`; skips the test where that is not allowed. */
export async function onSmallDisk(
  { path, size, skip }: SmallDiskPlace,
  work: (disk: SmallDisk) => Promise<void>,
): Promise<void> {
  await mkdir(path, { recursive: true });
  const mounted = await run("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path]).then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (mounted !== undefined) skip(`cannot mount a small file system here: ${mounted}`);
  try {
    await work({
      async resize(other) {
        await run("mount", ["-o", `remount,size=${other}`, path]);
      },
    });
  } finally {
    await run("umount", [path]);
  }
}
