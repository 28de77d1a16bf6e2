import { chmod, mkdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { spikebench } from "../cli/spikebench.ts";
import { filesBelow, openLab } from "../pipeline/workspace.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { onSmallDisk } from "./small-disk.ts";

const folder = temporaryFolder();
const RUN = ["run", "experiment.yaml", "--data", "library=data"];
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

describe("a folder without write permission", () => {
  it.for(["out", "cache"])("as %s is one line and exit 2", async (spoilt, { skip }) => {
    const built = await stat(resolve(import.meta.dirname, "../../dist/cli/main.js"));
    if (isRoot && (built.mode & 0o004) === 0) skip("root ignores permissions, and no one else can read dist/");
    const lab = await openLab(folder.path(`locked-${spoilt}`));
    await chmod(folder.path("."), 0o755);
    for (const name of ["out", "cache"]) {
      await mkdir(join(lab.folder, name));
      await chmod(join(lab.folder, name), name === spoilt ? 0o555 : 0o777);
    }
    const ended = await spikebench([...RUN, "--out", "out"], { cwd: lab.folder, ...(isRoot ? { uid: NOBODY } : {}) });
    expect(ended).toMatchObject({ code: 2, stdout: "" });
    expect(ended.stderr).toMatch(/^spikebench: [^\n]*\. \[NOT_WRITABLE\]\n$/);
    expect(ended.stderr).toContain(join(lab.folder, spoilt));
    expect(await filesBelow(join(lab.folder, spoilt))).toEqual(new Map());
  });

  it("can hold the data, which is only read", async ({ skip }) => {
    if (!isRoot) skip("needs root to become another user");
    const lab = await openLab(folder.path("read-only-data"));
    await chmod(folder.path("."), 0o755);
    for (const name of ["out", "cache"]) {
      await mkdir(join(lab.folder, name));
      await chmod(join(lab.folder, name), 0o777);
    }
    expect(await spikebench([...RUN, "--out", "out"], { cwd: lab.folder, uid: NOBODY })).toMatchObject({ code: 0 });
  });
});

describe("a full disk", () => {
  const dataset = {
    corpus: Array.from({ length: 1_500 }, (_, row) => ({ _id: `d${row}`, text: `water salt number ${row}` })),
    queries: Array.from({ length: 40 }, (_, row) => ({ _id: `q${row}`, text: `salt water number ${row}` })),
    qrels: Array.from({ length: 40 }, (_, row) => [`q${row}`, `d${row}`, 1] as const),
  };

  it.for([
    { name: "out", size: "16k" },
    { name: "out", size: "256k" },
    { name: "cache", size: "16k" },
  ])(
    "of $size under $name is one line and exit 2, and nothing half-written stays",
    async ({ name, size }, { skip }) => {
      const lab = await openLab(folder.path(`full-${name}-${size}`), {
        dataset,
        scenarios: dataset.corpus.map(({ _id }) => ({ _id, text: `a scenario of ${_id}` })),
      });
      await onSmallDisk({ path: join(lab.folder, name), size, skip }, async () => {
        const ended = await spikebench([...RUN, "--out", "out"], { cwd: lab.folder });
        expect(ended).toMatchObject({ code: 2, stdout: "" });
        expect(ended.stderr).toMatch(/^spikebench: [^\n]*\. \[DISK_FULL\]\n$/);
        const left = [...(await filesBelow(join(lab.folder, name))).keys()];
        expect(left.filter((path) => path.endsWith(".tmp") || path.endsWith("manifest.json"))).toEqual([]);
      });
      // with room again the same command goes through
      expect(await spikebench([...RUN, "--out", "out"], { cwd: lab.folder })).toMatchObject({ code: 0 });
    },
  );
});
