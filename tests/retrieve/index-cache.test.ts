import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { openIndexCache } from "../../harness/retrieve/index-cache.ts";
import { createIndexBuilder, type IndexArrays } from "../../harness/retrieve/inverted-index.ts";
import { createRetriever } from "../../harness/retrieve/registry.ts";
import { collection, named, searched } from "../encode/collection.ts";
import { fc } from "../seeded-fast-check.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { retrieverServices, scoreTexts } from "./search-texts.ts";

const temporary = temporaryFolder();
let folder = "";
let count = 0;
let warnings: string[] = [];
beforeEach(() => {
  folder = temporary.path(`indexes-${count++}`);
  warnings = [];
});

const openCache = () => openIndexCache({ folder, onWarning: (text) => warnings.push(text) });

function arraysOf(rows: readonly (readonly string[])[]): IndexArrays {
  const builder = createIndexBuilder();
  for (const terms of rows) builder.add(terms);
  return builder.finish();
}

describe("openIndexCache", () => {
  it("gives back the index that was built, from another cache too", async () => {
    const term = fc.oneof(fc.string({ minLength: 1 }), fc.string({ unit: "binary", minLength: 1 }));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(term, { maxLength: 5 }), { maxLength: 20 }), async (rows) => {
        const built = arraysOf(rows);
        await openCache().open({ rows }, () => Promise.resolve(built));
        const found = await openCache().open({ rows }, () => Promise.reject(new Error("built again")));
        expect(found).toEqual(built);
      }),
      { numRuns: 50 },
    );
    expect(warnings).toEqual([]);
  });

  it("builds for another identity", async () => {
    const cache = openCache();
    await cache.open("a", () => Promise.resolve(arraysOf([["x"]])));
    expect(await cache.keeps("a")).toBe(true);
    expect(await cache.keeps("b")).toBe(false);
    expect((await cache.open("b", () => Promise.resolve(arraysOf([["y"]])))).terms).toEqual(["y"]);
  });

  it("builds anew, with a warning, what is damaged", async () => {
    await openCache().open("a", () => Promise.resolve(arraysOf([["x"]])));
    const [file = ""] = await readdir(folder);
    await writeFile(join(folder, file), "torn");
    expect((await openCache().open("a", () => Promise.resolve(arraysOf([["x"]])))).terms).toEqual(["x"]);
    expect(warnings).toEqual([expect.stringContaining(file)]);
    await openCache().open("a", () => Promise.reject(new Error("built again")));
  });
});

describe("bm25 with kept indexes", () => {
  const views = collection([{ title: "Cats", text: "cats purr" }, "dogs bark", ""]);
  const queries = named(["cat", "bark loudly"]);

  async function scores(options: object) {
    const services = retrieverServices({ indexes: openCache() });
    const opened = await createRetriever({ kind: "bm25", ...options }, services).open(searched(views));
    return (await scoreTexts(opened, views, queries)).rows;
  }

  it.each([{}, { fields: "multifield" }, { k1: 2, query: "bm25" }])("scores as without them: %o", async (options) => {
    const services = retrieverServices();
    const opened = await createRetriever({ kind: "bm25", ...options }, services).open(searched(views));
    const plain = (await scoreTexts(opened, views, queries)).rows;
    expect(await scores(options)).toEqual(plain);
    expect(await scores(options)).toEqual(plain);
  });

  it("share an index between parameters, and keep one for each field", async () => {
    await scores({});
    await scores({ k1: 2, b: 0 });
    expect(await readdir(folder)).toHaveLength(1);
    await scores({ fields: "multifield" });
    expect(await readdir(folder)).toHaveLength(1 + 2);
  });

  it("foresee the new file, and none once it is there", async () => {
    const services = retrieverServices({ indexes: openCache() });
    const opened = await createRetriever({ kind: "bm25" }, services).open(searched(views));
    const request = { corpus: views, scenarioSets: [], querySets: [queries], isNew: () => true };
    expect((await opened.estimate(request)).diskBytes).toBeGreaterThan(0);
    await scoreTexts(opened, views, queries);
    expect((await opened.estimate(request)).diskBytes).toBe(0);
  });
});
