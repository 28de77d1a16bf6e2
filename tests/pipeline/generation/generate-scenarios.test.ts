import { readFile, writeFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { retryScenarios } from "../../../harness/pipeline/generation/generate-scenarios.ts";
import { importScenarios } from "../../../harness/pipeline/generation/import-scenarios.ts";
import { checkScenarios } from "../../../harness/pipeline/generation/inspect-scenarios.ts";
import { BREAD, EVERY_OUTCOME, linesOf, scenarioLabs } from "../scenario-lab.ts";
import { edit } from "../workspace.ts";

const { server, lab, generate, asked } = scenarioLabs();

beforeEach(() => server.behave({}));

describe("generateScenarios", () => {
  it("writes a set in document order with one outcome a document, what the model said, and a manifest", async () => {
    const one = await lab();
    const { manifest, totals } = await generate(one);
    // two documents have the same text: one request
    expect(totals).toMatchObject({ kept: 1, answered: 4, failed: 2, unanswered: 0 });
    const rows = await linesOf(`${one.folder}/set.jsonl`);
    const ids = rows.map((row) => row["doc_id"]);
    expect([...new Set(ids)]).toEqual(["bread", "fence", "refused", "prose", "noise", "cut", "again"]);
    expect(rows.filter((row) => row["error"] !== undefined).map((row) => row["doc_id"])).toEqual(["refused", "prose"]);
    expect(rows.filter((row) => row["noise"] === true).map((row) => row["doc_id"])).toEqual(["noise"]);
    expect(manifest?.counts).toMatchObject({ documents: 7, withScenarios: 4, noise: 1, failed: 2 });
    expect(manifest?.source).toMatchObject({
      kind: "generated",
      servedModels: ["writer"],
      repairs: { "code-fence": 1, "cut-off": 1, "leading-text": 1 },
      documents: { counted: "approximate", truncated: 0 },
    });
    const raw = await linesOf(`${one.folder}/set.raw.jsonl.gz`);
    expect(raw.map((row) => row["doc_id"])).toEqual(["bread", "fence", "prose", "noise", "cut", "again"]);
    expect(raw[1]?.["text"]).toMatch(/^Here it is:\n```json/);
    expect(raw[1]?.["repairs"]).toEqual(["code-fence", "leading-text"]);
    expect((await checkScenarios(`${one.folder}/set.jsonl`, one.workspace)).faults).toEqual([]);
  });

  it("sends the prompt with the document and the dataset's name, a schema, and asks nothing twice", async () => {
    const one = await lab();
    await generate(one);
    const log = await server.log();
    expect(log).toHaveLength(6);
    const first = log.find(({ messages }) => messages?.[0]?.content.includes("Yeast"));
    expect(first?.messages?.[0]?.content).toContain(`Document:\nBread ${BREAD}\n`);
    expect(first?.messages?.[0]?.content).toContain('the collection "library"');
    expect(first?.["response_format"]).toMatchObject({ json_schema: { name: "scenarios", strict: true } });
    await generate(one);
    expect(await asked()).toEqual([]);
  });

  it("gives the same bytes for the same answers, in parquet too", async () => {
    const [one, other] = [await lab(), await lab()];
    await generate(one);
    await server.behave({ flaky: 0.4 });
    const { baseUrls } = server.options({ baseUrls: [server.baseUrl(1)] });
    await generate(other, {}, { client: { model: "writer", server: "stand-in", baseUrls, timeoutSeconds: 0.3 } });
    for (const name of ["set.jsonl", "set.raw.jsonl.gz"]) {
      expect(await readFile(`${other.folder}/${name}`)).toEqual(await readFile(`${one.folder}/${name}`));
    }
    await generate(one, { to: `${one.folder}/set.parquet` });
    const path = `${one.folder}/from-parquet.jsonl`;
    await importScenarios(
      { path: `${one.folder}/set.parquet`, dataset: "library", to: path, rowsOf: undefined },
      one.workspace,
    );
    expect(await readFile(path)).toEqual(await readFile(`${one.folder}/set.jsonl`));
  });

  it("fills another prompt to the byte, and knows it by its content", async () => {
    const one = await lab();
    const template = "  Think of {dataset}.\n{document}\n<Answer>\n";
    await writeFile(`${one.folder}/own.txt`, template);
    await generate(one, {}, { prompt: "own.txt", datasetName: "shelf" });
    expect(await asked()).toContain("  Think of shelf.\nA document [prose] that is answered without JSON.\n<Answer>\n");
    await edit(`${one.folder}/own.txt`, "Think", "Muse");
    await expect(
      retryScenarios(
        `${one.folder}/set.jsonl`,
        { baseUrls: undefined, folder: one.folder },
        one.workspace,
        () => undefined,
      ),
    ).rejects.toMatchObject({ code: "USAGE" });
    await edit(`${one.folder}/own.txt`, "{document}", "no place");
    await expect(generate(one, {}, { prompt: "own.txt" })).rejects.toMatchObject({ code: "DATA_INVALID" });
  });

  it("cuts a document to its limit without tearing a character, and counts it", async () => {
    const text = `abcdefg\u{1F35E}${"x".repeat(50)}`;
    const one = await lab({ ...EVERY_OUTCOME, corpus: [{ _id: "bread", text }], qrels: [["q1", "bread", 1]] });
    await writeFile(`${one.folder}/own.txt`, "<{document}>");
    const { manifest } = await generate(one, {}, { prompt: "own.txt", maxDocumentTokens: 2, charactersPerToken: 4 });
    // 2 * 4 units end in the middle of the loaf
    expect(await asked()).toEqual(["<abcdefg>"]);
    expect(manifest?.source).toMatchObject({ documents: { truncated: 1 } });
  });

  it("asks again for failures, and for answers that could not be read, when told by the set alone", async () => {
    const one = await lab();
    await generate(one);
    await server.log();
    const path = `${one.folder}/set.jsonl`;
    const again = { baseUrls: [server.baseUrl(1)], folder: one.folder };
    const { totals } = await retryScenarios(path, again, one.workspace, () => undefined);
    expect(totals).toMatchObject({ kept: 5, failed: 2 });
    const contents = await asked();
    expect(contents).toHaveLength(2);
    for (const mark of ["[refusal]", "[prose]"]) expect(contents.some((content) => content.includes(mark))).toBe(true);
    expect((await checkScenarios(path, one.workspace)).faults).toEqual([]);
  });

  it("says before it asks what it will take, by what earlier answers took", async () => {
    const one = await lab();
    const price = { promptUsdPerMillion: 1e6, completionUsdPerMillion: 1e6 };
    const client = { model: "writer", server: "stand-in", baseUrls: [server.baseUrl()], price };
    const { estimate } = await generate(one, { estimateOnly: true }, { client, tokensPerSecond: 10 });
    expect(await asked()).toEqual([]);
    expect(estimate).toMatchObject({
      documents: 7,
      kept: 0,
      toAsk: 6,
      truncated: 0,
      answerLength: "assumed",
      spentUsd: 0,
    });
    expect(estimate.completionTokens).toBe(Math.ceil((6 * 2_661) / 4));
    expect(estimate.seconds).toBeCloseTo(estimate.completionTokens / 10, 9);
    expect(estimate.usd).toBeCloseTo(estimate.promptTokens + estimate.completionTokens, 6);
    const { totals } = await generate(one, {}, { client });
    const spent = (totals?.promptTokens ?? 0) + (totals?.completionTokens ?? 0);
    expect(totals?.usd).toBeCloseTo(spent, 6);
    const later = await generate(one, { estimateOnly: true }, { client });
    expect(later.estimate).toMatchObject({ kept: 7, toAsk: 0, answerLength: "measured", spentUsd: spent });
  });

  it("writes no set while documents are without an answer, unless they may count as failed", async () => {
    const corpus = ["bread", "salt", "noise"].map((_id) => ({ _id, text: `${_id} [status 500]` }));
    const one = await lab({ ...EVERY_OUTCOME, corpus });
    const client = { model: "writer", server: "stand-in", baseUrls: [server.baseUrl()], retries: 0 };
    await expect(generate(one, {}, { client })).rejects.toMatchObject({ code: "REMOTE_UNREACHABLE" });
    await expect(readFile(`${one.folder}/set.jsonl`)).rejects.toMatchObject({ code: "ENOENT" });
    const { manifest } = await generate(one, { allowMissing: true }, { client });
    expect(manifest?.counts).toMatchObject({ documents: 3, failed: 3, scenarios: 0 });
  });

  it("goes by the Batch API when told, over two commands if one does not wait", async () => {
    await server.behave({ batch: { looks: 1 } });
    const one = await lab();
    const first = await generate(one, {}, { via: "batches", wait: false, pollSeconds: 0 });
    expect(first).toMatchObject({ manifest: undefined, totals: { underWay: 6 } });
    const { manifest } = await generate(one, {}, { via: "batches", pollSeconds: 0 });
    expect(manifest?.counts).toMatchObject({ documents: 7, withScenarios: 4, noise: 1, failed: 2 });
    const price = { promptUsdPerMillion: 1e6, completionUsdPerMillion: 1e6 };
    const client = { model: "other", baseUrls: [server.baseUrl()], price };
    const dear = generate(await lab(), {}, { client, via: "batches", usdBudget: 1 });
    await expect(dear).rejects.toMatchObject({ code: "BUDGET_SPENT" });
  });

  it.each([
    { options: { client: { model: "m" } }, more: {} },
    { options: { maxDocumentTokens: 0 }, more: {} },
    { options: {}, more: { to: "set.txt" } },
  ])("refuses what makes no sense: %j", async ({ options, more }) => {
    await expect(generate(await lab(), more, options)).rejects.toMatchObject({ code: "USAGE" });
  });
});
