import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openText, writeFileAtomic } from "../../harness/storage/atomic-write.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();

async function writeText(path: string): Promise<void> {
  const writer = await openText(path, { gzip: false });
  try {
    await writer.write("text");
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

describe.each([
  { name: "writeFileAtomic", write: (path: string) => writeFileAtomic(path, "text") },
  { name: "openText", write: writeText },
])("$name", ({ name, write }) => {
  it("makes the folders above the file and leaves nothing else in them", async () => {
    const path = join(folder.path(name), "a", "b", "file");
    await write(path);
    expect(await readFile(path, "utf8")).toBe("text");
    expect(await readdir(join(folder.path(name), "a", "b"))).toEqual(["file"]);
  });

  it.each([
    { why: "a file where a folder should be", path: ["file", "f"] },
    { why: "a file above that", path: ["file", "g", "f"] },
    { why: "a folder where the file should be", path: ["folder"] },
    { why: "a name that is too long", path: ["x".repeat(300), "f"] },
  ])("refuses $why", async ({ path }) => {
    const root = folder.path(`${name}-refuses`);
    await mkdir(join(root, "folder"), { recursive: true });
    await writeFile(join(root, "file"), "");
    await expect(write(join(root, ...path))).rejects.toMatchObject({ code: "NOT_WRITABLE" });
    expect((await readdir(root)).sort()).toEqual(["file", "folder"]);
  });

  it.runIf(process.platform === "linux")(
    "refuses a file system that takes no folders, instead of waiting",
    async () => {
      await expect(write("/proc/a/b/file")).rejects.toMatchObject({ code: "NOT_WRITABLE" });
    },
  );
});

describe("openText", () => {
  it("shows the text only after commit, and nothing after abort", async () => {
    const root = folder.path("commit");
    const kept = await openText(join(root, "kept.gz"), { gzip: true });
    const dropped = await openText(join(root, "dropped.gz"), { gzip: true });
    for (const writer of [kept, dropped]) await writer.write("line\n".repeat(100_000));
    expect((await readdir(root)).filter((file) => !file.endsWith(".tmp"))).toEqual([]);
    await kept.commit();
    await dropped.abort();
    expect(await readdir(root)).toEqual(["kept.gz"]);
    expect(gunzipSync(await readFile(join(root, "kept.gz"))).toString()).toBe("line\n".repeat(100_000));
  });
});
