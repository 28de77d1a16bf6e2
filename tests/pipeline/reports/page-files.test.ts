import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writePageFiles } from "../../../harness/pipeline/reports/page-files.ts";
import { experimentLayout } from "../../../harness/storage/layout.ts";
import { temporaryFolder } from "../../temporary-folder.ts";

const folder = temporaryFolder();

const PAGE = { index: "<p>", charts: new Map([["a.svg", "<svg/>"]]), queries: new Map<string, string>() };

async function chartsBeside(name: string, files: readonly string[]) {
  const layout = experimentLayout(folder.path(name), "small");
  await mkdir(layout.chartFolder, { recursive: true });
  for (const file of files) await writeFile(join(layout.chartFolder, file), "");
  return layout;
}

describe("writePageFiles", () => {
  it("removes the charts of an earlier page", async () => {
    const layout = await chartsBeside("earlier", ["a.svg", "b.svg"]);
    await writePageFiles(layout, "key", PAGE);
    expect(await readdir(layout.chartFolder)).toEqual(["a.svg"]);
  });

  it("leaves alone what another process is writing", async () => {
    const layout = await chartsBeside("writing", ["a.svg.host.1.0a1b2c3d.tmp"]);
    await writePageFiles(layout, "key", PAGE);
    expect((await readdir(layout.chartFolder)).sort()).toEqual(["a.svg", "a.svg.host.1.0a1b2c3d.tmp"]);
  });

  it("writes the same page many times at once, beside charts that all of them remove", async () => {
    const layout = await chartsBeside(
      "at-once",
      Array.from({ length: 50 }, (_, at) => `old-${at}.svg`),
    );
    await Promise.all(Array.from({ length: 8 }, () => writePageFiles(layout, "key", PAGE)));
    expect(await readdir(layout.chartFolder)).toEqual(["a.svg"]);
  });
});
