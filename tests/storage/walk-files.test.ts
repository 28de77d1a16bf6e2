import { mkdir, symlink } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { type FoundFile, namesInFolder, walkFiles } from "../../harness/storage/walk-files.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();

async function walked(path: string): Promise<readonly FoundFile[]> {
  const found: FoundFile[] = [];
  for await (const file of walkFiles(path)) found.push(file);
  return found;
}

describe("walkFiles", () => {
  it("lists what lies below a folder in the order of the names, and follows no link", async () => {
    await mkdir(folder.path("a/inner"), { recursive: true });
    await mkdir(folder.path("elsewhere"));
    await folder.write("a/inner/one", "123");
    await folder.write("a/zero", "");
    await folder.write("elsewhere/secret", "1234567");
    await symlink(folder.path("elsewhere"), folder.path("a/link"));
    await symlink(folder.path("nowhere"), folder.path("a/broken"));
    const found = await walked(folder.path("a"));
    expect(found.map(({ path, regular }) => [path.slice(folder.path("a/").length), regular])).toEqual([
      ["broken", false],
      ["inner/one", true],
      ["link", false],
      ["zero", true],
    ]);
    expect(found.filter(({ regular }) => regular).map(({ bytes }) => bytes)).toEqual([3, 0]);
  });

  it("finds nothing where there is no folder", async () => {
    expect(await walked(folder.path("nowhere"))).toEqual([]);
  });

  it("lists a path that is a file, and goes into one that is a link to a folder", async () => {
    const path = await folder.write("plain", "text");
    expect(await walked(path)).toMatchObject([{ path, bytes: 4, regular: true }]);
    await symlink(folder.path("elsewhere"), folder.path("door"));
    expect(await walked(folder.path("door"))).toMatchObject([{ path: folder.path("door/secret"), bytes: 7 }]);
  });
});

describe("namesInFolder", () => {
  it("sorts the names; there are none where there is no folder", async () => {
    await mkdir(folder.path("names/b"), { recursive: true });
    await folder.write("names/a", "");
    expect(await namesInFolder(folder.path("names"))).toEqual(["a", "b"]);
    expect(await namesInFolder(folder.path("nothing"))).toEqual([]);
    const file = await folder.write("names/a", "");
    await expect(namesInFolder(file)).rejects.toMatchObject({ code: "FILE_MISSING" });
  });
});
