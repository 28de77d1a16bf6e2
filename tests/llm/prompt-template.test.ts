import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readPromptTemplate } from "../../harness/llm/prompt-template.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();

async function template(text: string, name = "prompt.txt") {
  await writeFile(folder.path(name), text);
  return await readPromptTemplate({ file: name, folder: folder.path("."), own: "unused", places: ["query"] });
}

describe("readPromptTemplate", () => {
  it("fills its places in one pass, to the last byte", async () => {
    const { fill, file } = await template("{dataset}: {query}\n({dataset}, {other})\n");
    expect(fill({ query: "a {dataset} and a {query}, $& too", dataset: "demo" })).toBe(
      "demo: a {dataset} and a {query}, $& too\n(demo, {other})\n",
    );
    expect(file).toBe("prompt.txt");
  });

  it("is known by its bytes", async () => {
    const { sha256 } = await template("Q: {query}");
    // printf 'Q: {query}' | sha256sum
    expect(sha256).toBe("9df32a2aeb55f8389894d7342d7de49b73bb6609e7de779ab2c2e00f4704c42e");
    expect((await template("Q: {query}\n")).sha256).not.toBe(sha256);
  });

  it.each(["no place", "{query} and {query}", "{document}"])("refuses `%s`", async (text) => {
    await expect(template(text)).rejects.toMatchObject({ code: "DATA_INVALID", where: folder.path("prompt.txt") });
  });

  it("takes the prompt that is shipped where no file is named", async () => {
    await writeFile(folder.path("own.txt"), "own {query}");
    const own = folder.path("own.txt");
    const shipped = await readPromptTemplate({ file: undefined, folder: "/nowhere", own, places: ["query"] });
    expect(shipped.fill({ query: "x", dataset: "" })).toBe("own x");
    const missing = readPromptTemplate({ file: "none.txt", folder: folder.path("."), own, places: ["query"] });
    await expect(missing).rejects.toMatchObject({ code: "FILE_MISSING" });
  });
});
