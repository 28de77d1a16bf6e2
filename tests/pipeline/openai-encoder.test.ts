import { describe, expect, it } from "vitest";
import { openaiStandIn } from "../encode/openai-stand-in.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { filesBelow, forecastsOf, openLab, runLab } from "./workspace.ts";

const KEY = "sk-very-secret";
const server = openaiStandIn();
const folder = temporaryFolder();

describe("a run with vectors from a server", () => {
  it("is planned without a request, keeps the key out of every file, and asks nothing the second time", async () => {
    const experiment = `version: 1
name: small
retrievers:
  served: {kind: dense, encoder: {kind: openai, model: words, dimensions: 16, apiKeyEnv: KEY, baseUrls: ["${server.baseUrl()}"]}}
matrix: {retriever: [served], dataset: [library]}
measures: [nDCG@10]
`;
    const secret = (name: string) => (name === "KEY" ? KEY : undefined);
    const lab = await openLab(folder.path("served"), { experiment, workspace: { secret } });
    expect(Object.values(await forecastsOf(lab))).toEqual(["run"]);
    expect(await server.log()).toEqual([]);

    const { work } = await runLab(lab);
    // 6 documents and 3 queries
    expect(work).toMatchObject({ encoded: 9, scored: 1 });
    const log = await server.log();
    expect(log.map(({ headers }) => headers["authorization"])).toEqual([`Bearer ${KEY}`, `Bearer ${KEY}`]);
    for (const [path, bytes] of await filesBelow(lab.folder)) {
      expect(Buffer.from(bytes, "base64").includes(KEY), path).toBe(false);
    }

    expect((await runLab(lab)).work).toMatchObject({ encoded: 0, scored: 0 });
    expect(await server.log()).toEqual([]);
  });
});
