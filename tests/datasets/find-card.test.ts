import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { cardPolicy } from "../../harness/datasets/card.ts";
import { findCard, findCardOrGroup, listCards, requireCardOrGroup } from "../../harness/datasets/find-card.ts";
import { DEFAULT_POLICY } from "../../harness/domain/policy.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
const shipped = resolve(import.meta.dirname, "../../datasets");

describe("dataset cards", () => {
  it("that are shipped are valid", async () => {
    const cards = await listCards([shipped], (text) => expect.fail(text));
    expect(cards.map(({ id }) => id)).toContain("demo");
  });

  it("are taken from the first folder that has one", async () => {
    await folder.write("demo.yaml", "summary: mine\nformat: {kind: beir}\npolicy: {selfId: keep}\n");
    const found = await findCard("demo", [folder.path(""), shipped]);
    expect(found?.card.summary).toBe("mine");
    expect(found === undefined ? undefined : cardPolicy(found.card)).toEqual({ ...DEFAULT_POLICY, selfId: "keep" });
    expect(await findCard("nowhere", [shipped])).toBeUndefined();
  });

  it("with a mistake are refused with their line", async () => {
    await folder.write("bad.yaml", "summary: x\nformat: {kind: beir}\npolicy: {selfId: maybe}\n");
    await expect(findCard("bad", [folder.path("")])).rejects.toMatchObject({
      code: "SPEC_INVALID",
      where: expect.stringMatching(/bad\.yaml:3:18$/),
    });
  });
});

describe("groups of datasets", () => {
  const folder = temporaryFolder();

  it("are told from cards by their members, and are listed with them", async () => {
    await folder.write("three.yaml", "summary: three of mine\nmembers: [demo, my/other]\n");
    await folder.write("single.yaml", "summary: single\nformat: {kind: beir}\n");
    const found = await findCardOrGroup("three", [folder.path("")]);
    expect(found).toMatchObject({ group: { summary: "three of mine", members: ["demo", "my/other"], notes: [] } });
    expect(await findCardOrGroup("single", [folder.path("")])).toMatchObject({ card: { summary: "single" } });
    const listed = await listCards([folder.path("")], (text) => expect.fail(text));
    expect(listed.map(({ id }) => id)).toEqual(["single", "three"]);
  });

  it("stand for several datasets, so that no single card is found under their name", async () => {
    await expect(findCard("three", [folder.path("")])).rejects.toMatchObject({ code: "UNKNOWN_DATASET" });
    await expect(requireCardOrGroup("thre", [folder.path("")])).rejects.toMatchObject({ code: "UNKNOWN_DATASET" });
  });

  it("are listed although another YAML file lies beside them, which is named in a warning", async () => {
    await folder.write("compose.yaml", "services: {}\n");
    const warnings: string[] = [];
    const listed = await listCards([folder.path("")], (text) => warnings.push(text));
    expect(listed.map(({ id }) => id)).toEqual(["single", "three"]);
    expect(warnings).toEqual([expect.stringContaining("compose.yaml")]);
  });

  it("with a mistake are refused with their line", async () => {
    await folder.write("none.yaml", "summary: none\nmembers: []\n");
    await expect(findCardOrGroup("none", [folder.path("")])).rejects.toMatchObject({
      code: "SPEC_INVALID",
      where: expect.stringMatching(/none\.yaml:2:10$/),
    });
  });
});
