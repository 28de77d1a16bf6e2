import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { completeBatches } from "../../harness/llm/complete-batches.ts";
import { completePrompts } from "../../harness/llm/complete-prompts.ts";
import { openRequestFolder } from "../../harness/llm/request-folder.ts";
import { openBatchEndpoint } from "../../harness/remote/batch-endpoint.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { chatStandIn } from "./chat-stand-in.ts";
import { exportedBatch } from "./exported-batch.ts";
import { openedJournals, userPrompts } from "./opened-journals.ts";
import { requestsOf } from "./run-batch.ts";

const server = chatStandIn();
const folder = temporaryFolder();
const open = openedJournals();
let made = 0;

beforeEach(() => server.behave({}));

const bench = () => exportedBatch({ root: folder.path(`export-${made++}`), server, open });
const TEXTS = ["one", "two", "three", "two", "five \u00e9\u{1F35E}"];

describe("exportRequests", () => {
  it("writes of every prompt once what a server would be sent, and asks nothing", async () => {
    const sampling = { temperature: 0.3, topP: 0.9, seed: 7, maxTokens: 55 };
    const { exported } = bench();
    const { files, totals } = await exported(TEXTS, { client: sampling });
    expect(totals).toMatchObject({ kept: 0, answered: 0, underWay: 4 });
    expect(await server.log()).toEqual([]);
    const client = server.client(sampling);
    const journal = await open({ root: folder.path(`online-${made++}`), client, onWarning: () => undefined });
    await completePrompts({ client, journal, prompts: userPrompts(TEXTS), concurrency: 1 });
    const sent = (await server.log()).map(({ headers: _, atOnce: __, ...body }) => body);
    const requests = await requestsOf(files[0] ?? "");
    expect(requests.map(({ body }) => body)).toEqual(sent);
    expect(requests.map(({ custom_id }) => custom_id)).toEqual(
      userPrompts(["one", "two", "three", TEXTS[4] ?? ""]).map((prompt) => journal.keyOf(prompt)),
    );
  });

  it("cuts files at a number of requests, and says in a manifest what each holds and of whom it asks", async () => {
    const { exported, said } = bench();
    const { path, files } = await exported(TEXTS, { perFile: 3 });
    expect(files.map((file) => file.slice(path.length))).toEqual(["/requests-0.jsonl", "/requests-1.jsonl"]);
    const bytes = await Promise.all(files.map((file) => readFile(file)));
    expect(JSON.parse(await readFile(`${path}/manifest.json`, "utf8"))).toMatchObject({
      schemaVersion: 1,
      sets: [
        {
          client: { kind: "openai-chat", model: "writer", sampling: { temperature: 0.7 } },
          files: [3, 1].map((requests, index) => ({
            file: `requests-${index}.jsonl`,
            requests,
            bytes: bytes[index]?.length,
            sha256: createHash("sha256")
              .update(bytes[index] ?? "")
              .digest("hex"),
          })),
        },
      ],
    });
    expect(said).toEqual([
      `${path}: requests-0.jsonl to requests-1.jsonl, 4 requests to model \`writer\`. Every answer has to name its model \`writer\`.`,
    ]);
  });

  it("cuts files below 64 MB, counted in bytes", async () => {
    // 20 million UTF-16 units are 40 million bytes
    const large = ["a", "b"].map((name) => `${name}${"\u00e9".repeat(20e6)}`);
    const { exported } = bench();
    const { files } = await exported([...large, "small"]);
    expect(files).toHaveLength(2);
    expect((await requestsOf(files[1] ?? "")).map(({ body }) => JSON.stringify(body).length > 1e6)).toEqual([
      true,
      false,
    ]);
  });

  it("leaves out what has an outcome, and what is in a batch under way", async () => {
    await server.behave({ batch: { looks: 9 } });
    const root = folder.path(`export-${made++}`);
    const { exported, imported, answered } = exportedBatch({ root, server, open });
    const first = await exported(["one"]);
    await imported(["one"], { a: await answered(first.files) });
    const client = server.client();
    const journal = await open({ root: `${root}/cache`, client, onWarning: () => undefined });
    const connection = { baseUrl: server.baseUrl(), apiKey: undefined, timeoutMs: 5_000, signal: undefined };
    const endpoint = await openBatchEndpoint(connection);
    const job = { client, journal, endpoint, options: server.options(), pollSeconds: 60, wait: false };
    await completeBatches({ ...job, prompts: userPrompts(["two"]), say: () => undefined });
    const { files, totals } = await exported(["one", "two", "three"]);
    expect(totals).toMatchObject({ kept: 1, underWay: 1 });
    expect((await requestsOf(files[0] ?? "")).map(({ body }) => body["messages"])).toEqual([
      [{ role: "user", content: "three" }],
    ]);
  });

  it("asks again for failures when told, with the number of the attempt, and writes nothing when nothing is left", async () => {
    const { exported, imported, answered, outcomes } = bench();
    const texts = ["one", "two [refusal]", "three [prose]"];
    const client = { seed: 5 };
    await imported(texts, { a: await answered((await exported(texts, { client })).files) }, { client });
    expect((await exported(texts, { client })).files).toEqual([]);
    const again = await exported(texts, { client, retryFailed: true });
    const requests = await requestsOf(again.files[0] ?? "");
    expect(requests.map(({ custom_id }) => custom_id.slice(64))).toEqual([".1", ".1"]);
    expect(requests.map(({ body }) => body["seed"])).toEqual([5 + 10_000, 5 + 10_000]);
    const { failed } = await imported(texts, { b: await answered(again.files) }, { client });
    expect(failed).toBe(2);
    expect((await outcomes(texts, { client })).map((outcome) => outcome?.attempt)).toEqual([0, 1, 1]);
    const third = await exported(texts, { client, retryFailed: true });
    expect((await requestsOf(third.files[0] ?? "")).map(({ custom_id }) => custom_id.slice(64))).toEqual([".2", ".2"]);
  });
});

describe("openRequestFolder", () => {
  it("refuses a folder that holds something, and files that are larger than OpenAI takes", async () => {
    const path = folder.path(`full-${made++}`);
    await mkdir(path);
    await expect(openRequestFolder(path, 50_001)).rejects.toMatchObject({ code: "USAGE" });
    expect((await openRequestFolder(path, 50_000)).path).toBe(path);
    await writeFile(`${path}/requests-0.jsonl`, "");
    await expect(openRequestFolder(path, undefined)).rejects.toMatchObject({ code: "USAGE" });
    await expect(openRequestFolder(`${path}/requests-0.jsonl`, undefined)).rejects.toMatchObject({
      code: "NOT_WRITABLE",
    });
  });
});
