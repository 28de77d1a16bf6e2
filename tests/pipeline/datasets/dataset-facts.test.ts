import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { listDatasets, showDataset } from "../../../harness/pipeline/datasets/dataset-facts.ts";

const folders = [resolve(import.meta.dirname, "../../../datasets")];

describe("dataset facts", () => {
  it("list every card and group with its counts, null where they are not known", async () => {
    const facts = await listDatasets(folders, (text) => expect.fail(text));
    expect(facts.find(({ id }) => id === "bright/biology")).toMatchObject({
      kind: "dataset",
      documents: 57359,
      queries: 103,
      source: "mteb/BRIGHT",
      pinned: true,
    });
    expect(facts.find(({ id }) => id === "beir/msmarco")).toMatchObject({ pinned: false });
    expect(facts.find(({ id }) => id === "demo")).toMatchObject({ source: null, pinned: null, licence: "Apache-2.0" });
    const group = facts.find(({ id }) => id === "beir/cqadupstack");
    expect(group).toMatchObject({ kind: "group", documents: null });
    expect(group?.members?.length).toBe(12);
  });

  it("show a card with its defaults", async () => {
    expect(await showDataset("demo", folders)).toMatchObject({ format: { kind: "beir" }, querySets: {} });
    await expect(showDataset("demos", folders)).rejects.toMatchObject({ code: "UNKNOWN_DATASET" });
  });
});
