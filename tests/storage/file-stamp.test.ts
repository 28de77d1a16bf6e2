import { utimes, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { fileStamp } from "../../harness/storage/file-stamp.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();

describe("fileStamp", () => {
  it("stays while the file does, and changes with its size or its time", async () => {
    const path = await folder.write("file", "abc");
    await utimes(path, 1, 1);
    const stamp = await fileStamp(path);
    expect(await fileStamp(path)).toBe(stamp);
    await writeFile(path, "abcd");
    await utimes(path, 1, 1);
    expect(await fileStamp(path)).not.toBe(stamp);
    await writeFile(path, "abc");
    await utimes(path, 1, 2);
    expect(await fileStamp(path)).not.toBe(stamp);
  });

  it("misses a file that is not there", async () => {
    await expect(fileStamp(folder.path("none"))).rejects.toMatchObject({ code: "FILE_MISSING" });
  });
});
