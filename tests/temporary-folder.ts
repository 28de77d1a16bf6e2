import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";

export type TemporaryFolder = {
  path(name: string): string;
  /** Writes a file and says where. */
  write(name: string, content: string | Uint8Array): Promise<string>;
};

/** A folder of the suite's own, which is removed after it. Call it at the top of a file or inside a `describe`. */
export function temporaryFolder(): TemporaryFolder {
  let folder = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "spikebench-test-"));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  return {
    path: (name) => join(folder, name),
    async write(name, content) {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
  };
}
