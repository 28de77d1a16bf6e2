import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { expandGroups } from "../../harness/datasets/expand-groups.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const shipped = resolve(import.meta.dirname, "../../datasets");
const folder = temporaryFolder();

describe("expandGroups", () => {
  it("names every dataset once, in the order of first mention, and inner groups before outer ones", async () => {
    await folder.write("inner.yaml", "summary: x\nmembers: [b, c]\n");
    await folder.write("outer.yaml", "summary: x\nmembers: [a, inner, d]\n");
    expect(await expandGroups(["b", "outer", "elsewhere"], [folder.path("")])).toEqual({
      ids: ["b", "a", "c", "d", "elsewhere"],
      groups: [
        { name: "inner", members: ["b", "c"] },
        { name: "outer", members: ["a", "inner", "d"] },
      ],
    });
  });

  it("knows the shipped groups", async () => {
    const { ids, groups } = await expandGroups(["bright", "beir15", "coir"], [shipped]);
    expect(ids.length).toBe(12 + (14 + 12) + (8 + 6 + 6));
    expect(groups.map(({ name }) => name)).toEqual([
      "bright",
      "beir/cqadupstack",
      "beir15",
      "coir/codesearchnet",
      "coir/codesearchnet-ccr",
      "coir",
    ]);
  });

  it("refuses a group that contains itself", async () => {
    await folder.write("one.yaml", "summary: x\nmembers: [two]\n");
    await folder.write("two.yaml", "summary: x\nmembers: [one]\n");
    await expect(expandGroups(["one"], [folder.path("")])).rejects.toMatchObject({ code: "SPEC_INVALID" });
  });
});
