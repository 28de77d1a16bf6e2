import { mkdir } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { expandDatasetIds } from "../../harness/datasets/expand-group.ts";
import { findCard, listCards } from "../../harness/datasets/find-card.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
const expand = (ids: readonly string[], known?: ReadonlySet<string>) => expandDatasetIds(ids, [folder.path("")], known);

beforeAll(async () => {
  await mkdir(folder.path("beir"));
  for (const id of ["beir/scifact", "beir/nfcorpus", "beir/fiqa"]) {
    await folder.write(`${id}.yaml`, "summary: x\nformat: {kind: beir}\n");
  }
  await folder.write("small.yaml", "summary: two\nmembers: [beir/scifact, beir/nfcorpus]\n");
  await folder.write("all.yaml", "summary: three\nmembers: [small, beir/fiqa, beir/scifact]\n");
  await folder.write("circle.yaml", "summary: x\nmembers: [round]\n");
  await folder.write("round.yaml", "summary: x\nmembers: [circle]\n");
  await folder.write("lost.yaml", "summary: x\nmembers: [beir/scifacts]\n");
});

describe("expandDatasetIds", () => {
  it("keeps the order and names each dataset once", async () => {
    expect(await expand(["beir/fiqa", "all"])).toEqual(["beir/fiqa", "beir/scifact", "beir/nfcorpus"]);
  });

  it("lets ids pass that need no card", async () => {
    expect(await expand(["mine", "small"], new Set(["mine"]))).toEqual(["mine", "beir/scifact", "beir/nfcorpus"]);
  });

  it("suggests the nearest id for an unknown one", async () => {
    for (const id of ["beir/scifac", "lost"]) {
      await expect(expand([id])).rejects.toMatchObject({
        code: "UNKNOWN_DATASET",
        hint: expect.stringContaining("`beir/scifact`"),
      });
    }
  });

  it("refuses a group that contains itself", async () => {
    await expect(expand(["circle"])).rejects.toMatchObject({ code: "SPEC_INVALID" });
  });
});

describe("a group's card", () => {
  it("is listed, and is no dataset", async () => {
    expect(await listCards([folder.path("")])).toContainEqual({ name: "small", summary: "two" });
    await expect(findCard("small", [folder.path("")])).rejects.toMatchObject({ code: "UNKNOWN_DATASET" });
  });
});
