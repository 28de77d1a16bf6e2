import { readFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { chatStandIn } from "../llm/chat-stand-in.ts";
import { describeWithData } from "../real-data.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { linesOf } from "./scenario-lab.ts";
import { bothSplits, buildDpo, put } from "./training-lab.ts";
import { filesBelow, LIBRARY, openLab } from "./workspace.ts";

const server = chatStandIn();
const folder = temporaryFolder();
let labs = 0;
const lab = (files: Parameters<typeof openLab>[1] = {}) => openLab(folder.path(`lab-${labs++}`), files);

beforeEach(() => server.behave({}));

const GOLD = "Osmosis Water moves through a membrane towards salt.";
const HEAD = "version: 1\nname: s\ndataset: library\nleakage: {against: []}\nvalidation: 0\n";
const RECORDED =
  "candidates: {path: candidates.jsonl, synthetic: true}\nanswers: {path: answers.jsonl, synthetic: true}\n";
const HASHED = "retriever: {kind: dense, encoder: {kind: hashed, dimensions: 512}}\n";

describe("a DPO set of what a model writes", () => {
  const client = (more = "") => `{model: writer, server: stand-in, baseUrls: ["${server.baseUrl()}"]${more}}`;
  const asking = (more = "", sampling = "samples: 3, temperatures: [0.8, 1.1]") =>
    `candidates: {client: ${client(more)}, ${sampling}}\nanswers: {client: ${client(", timeoutSeconds: 0.5")}}\n`;
  const RULES = `${HASHED}minSimilarity: off\n`;
  const WITH_REFUSAL = {
    ...LIBRARY,
    queries: LIBRARY.queries.map((query) =>
      query._id === "q2" ? { ...query, text: "Why do prices rise? [refusal]" } : query,
    ),
  };

  it("asks nothing, and says what it would take, unless it is told that it may", async () => {
    const one = await lab();
    const building = buildDpo(one, HEAD + asking() + RULES);
    await expect(building).rejects.toMatchObject({
      code: "NOT_GENERATED",
      message: expect.stringMatching(/candidates: 18 requests.*answers: 3 requests/s),
    });
    expect(await server.log()).toEqual([]);
  });

  it("asks for every sample at every temperature as the papers do, and for answers with the gold document", async () => {
    await server.behave({ always: { seeded: true } });
    const one = await lab({ dataset: WITH_REFUSAL });
    const { card, folder: set } = await buildDpo(one, HEAD + asking(", seed: 5") + RULES, { generate: true });
    const log = await server.log();
    const [samples, answers] = [
      log.filter(({ seed }) => seed !== undefined),
      log.filter(({ seed }) => seed === undefined),
    ];
    expect(samples).toHaveLength(3 * 3 * 2);
    expect(samples.map((asked) => asked["temperature"]).toSorted()).toEqual([
      ...Array(9).fill(0.8),
      ...Array(9).fill(1.1),
    ]);
    expect(samples.every((asked) => asked["top_p"] === 0.9 && asked["max_tokens"] === 512)).toBe(true);
    expect(answers).toHaveLength(3);
    expect(
      answers.some(({ messages }) => messages?.[0]?.content.includes(`Document: ${GOLD}\n\nQuestion: Why does`)),
    ).toBe(true);
    // the server gives a seed the same text at both temperatures
    expect(card.figures).toMatchObject({
      "candidate texts": 18,
      "of them missing or empty": 6,
      "of them repeating another": 6,
    });
    expect(card.dropped).toEqual([{ reason: "no candidate", items: 1 }]);
    const first = await filesBelow(set);
    await buildDpo(one, HEAD + asking(", seed: 5") + RULES);
    expect(await server.log()).toEqual([]);
    expect(await filesBelow(set)).toEqual(first);
  });

  it("comes to the same bytes against a server with faults", async () => {
    await server.behave({ always: { seeded: true } });
    const calm = await lab();
    const declaration = HEAD + asking(", seed: 5, timeoutSeconds: 0.5") + RULES;
    await buildDpo(calm, declaration, { generate: true });
    await server.behave({ always: { seeded: true }, flaky: 0.3 });
    const stormy = await lab();
    await buildDpo(stormy, declaration, { generate: true });
    const files = (one: typeof calm) => filesBelow(`${one.workspace.out}/training/s`);
    expect(await files(stormy)).toEqual(await files(calm));
  });

  it("asks again for what failed, when told, and for nothing else", async () => {
    const one = await lab({ dataset: WITH_REFUSAL });
    await buildDpo(one, HEAD + asking(", seed: 5") + RULES, { generate: true }).catch(() => undefined);
    await server.behave({ always: { seeded: true } });
    const retried = buildDpo(one, HEAD + asking(", seed: 5") + RULES, { generate: true, retryFailed: true });
    await expect(retried).rejects.toMatchObject({ code: "DATA_INVALID" });
    const contents = (await server.log()).map(({ messages }) => messages?.[0]?.content ?? "");
    // of the refused query every sample at both temperatures, and its answer
    expect(contents).toHaveLength(3 * 2 + 1);
    expect(contents.every((content) => content.includes("[refusal]"))).toBe(true);
  });

  it("stops at a budget that all temperatures share, keeps what was answered, and goes on", async () => {
    const one = await lab();
    const price = ", concurrency: 1, price: {promptUsdPerMillion: 0, completionUsdPerMillion: 1000000}";
    await server.behave({ always: { text: "12345678" } }); // two tokens
    const declare = (budget: number) =>
      `${HEAD}candidates: {client: ${client(price)}, samples: 1, temperatures: [0.8, 1.1], usdBudget: ${budget}}\nrewards: [rank]\n${RULES}`;
    // 3 queries x 2 USD at the first temperature, and one more
    await expect(buildDpo(one, declare(8), { generate: true })).rejects.toMatchObject({ code: "BUDGET_SPENT" });
    expect(await server.log()).toHaveLength(4);
    await expect(buildDpo(one, declare(100), { generate: true })).rejects.toMatchObject({ code: "DATA_INVALID" });
    expect(await server.log()).toHaveLength(6 - 4);
  });
});

describeWithData("a DPO set on SciFact's train split", "beir/scifact", (data) => {
  it("leaves out the third of the queries that touches the test split, and is marked as made up", async () => {
    const one = await lab({ workspace: { data: new Map([["beir/scifact", data]]) } });
    const qrels = await readFile(`${data}/qrels/train.tsv`, "utf8");
    const golds = new Map(
      qrels
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.split("\t"))
        .map(([query, doc]) => [query, doc]),
    );
    const documents = new Map((await linesOf(`${data}/corpus.jsonl`)).map(({ _id, text }) => [_id, String(text)]));
    const others = [...documents.values()];
    // made-up candidates: half of the gold abstract, half of another one, and another one
    const made = [...golds].map(([_id, doc], at) => {
      const own = (documents.get(doc) ?? "").split(" ");
      const other = (others[(at * 37) % others.length] ?? "").split(" ");
      const mixed = [...own.slice(0, 20), ...other.slice(0, 20)].join(" ");
      return {
        _id,
        texts: [other.slice(0, 40).join(" "), own.slice(0, 40).join(" "), mixed],
        answer: own.slice(5, 45).join(" "),
      };
    });
    await put(
      one,
      "candidates.jsonl",
      made.map(({ _id, texts }) => ({ _id, texts })),
    );
    await put(
      one,
      "answers.jsonl",
      made.map(({ _id, answer }) => ({ _id, texts: [answer] })),
    );
    const declaration =
      `version: 1\nname: s\ndataset: beir/scifact\nqrels: ${data}/qrels/train.tsv\nqueries: ${data}/queries.jsonl\n` +
      `${RECORDED}${HASHED}leakage: {against: [beir/scifact]}\n`;
    const { card, folder: set } = await buildDpo(one, declaration);
    expect(card).toMatchObject({ synthetic: true, steps: [{ items: 809 }, { items: 809 - 269 }, {}, {}] });
    expect(card.leakage.excluded).toEqual({
      items: 269,
      byKind: { query: 2, paraphrase: 70, "gold-document": 268, "flagged-gold": 0 },
    });
    const rows = await bothSplits(`${set}/rows`, "jsonl");
    expect(rows.length).toBeGreaterThan(500);
    const texts = new Map(made.map(({ _id, texts: own }) => [_id, own]));
    const pairs = await bothSplits(`${set}/conversations`, "jsonl");
    const chosen = pairs.map((pair, at) =>
      texts.get(String(rows[at]?.["id"]))?.indexOf(JSON.parse(JSON.stringify(pair)).chosen.value),
    );
    // nearly always the gold abstract's own beginning
    expect(chosen.filter((at) => at === 1).length / chosen.length).toBeGreaterThan(0.95);
    expect(await readFile(`${set}/card.md`, "utf8")).toContain("**Synthetic:");
  });
});
