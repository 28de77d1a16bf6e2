import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { HealthCheck } from "../../../harness/domain/health.ts";
import { checkHealth, LEAST_NODE, type Machine } from "../../../harness/pipeline/project/check-health.ts";
import type { Workspace } from "../../../harness/pipeline/workspace.ts";
import { hubSettings } from "../../../harness/remote/hub-settings.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { openLab } from "../workspace.ts";

const folder = temporaryFolder();
const machine: Machine = { node: process.versions.node, availableBytes: 2 ** 33 };

type Answer = { status: number; body?: string; location?: string };
let server: Server;
let origin = "";
let answer: (path: string) => Answer = () => ({ status: 200, body: "{}" });
let asked: { url: string; authorization: string | undefined }[] = [];

beforeAll(async () => {
  server = createServer((request: IncomingMessage, response) => {
    asked.push({ url: request.url ?? "", authorization: request.headers.authorization });
    const { status, body = "", location } = answer(request.url ?? "");
    response.writeHead(status, location === undefined ? {} : { location }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address !== null && typeof address === "object") origin = `http://127.0.0.1:${address.port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  answer = () => ({ status: 200, body: "{}" });
});

async function checksOf(
  name: string,
  { workspace = {}, on = machine, file }: { workspace?: Partial<Workspace>; on?: Machine; file?: string } = {},
): Promise<ReadonlyMap<string, HealthCheck>> {
  const lab = await openLab(folder.path(name), { workspace });
  const checks = await checkHealth(lab.workspace, { machine: on, file });
  return new Map(checks.map((check) => [check.name, check]));
}

/** The hub at the stand-in, with a token or without one. */
const hub = (token?: string) =>
  hubSettings({ HF_ENDPOINT: origin, HF_HOME: "/none", ...(token && { HF_TOKEN: token }) }, "/none");

describe("checkHealth", () => {
  it("finds nothing wrong where nothing is, and leaves nothing behind", async () => {
    const checks = await checksOf("sound");
    expect([...checks.values()].filter(({ state }) => state === "fail")).toEqual([]);
    expect(checks.get("hub")?.found).toContain("offline");
    expect(checks.get("engine auto")).toMatchObject({ state: "ok", found: expect.stringMatching(/^takes /) });
    expect(checks.get("engine flat")).toMatchObject({ state: "ok", found: "runs" });
    expect((await readdir(folder.path("sound"))).sort()).toEqual(["data", "experiment.yaml", "scenarios.jsonl"]);
  });

  it("asks for the node that package.json asks for", async () => {
    const { engines } = JSON.parse(await readFile(new URL("../../../package.json", import.meta.url), "utf8"));
    expect(engines.node).toBe(`>=${LEAST_NODE}`);
    const state = async (node: string) => (await checksOf("node", { on: { ...machine, node } })).get("node")?.state;
    expect(await state("20.18.9")).toBe("fail");
    expect(await state("20.19.0")).toBe("ok");
    expect(await state("22.0.0")).toBe("ok");
    expect(await state("18.20.0")).toBe("fail");
  });

  it("warns of less memory than a search may take", async () => {
    const checks = await checksOf("memory", { on: { ...machine, availableBytes: 2 ** 20 } });
    expect(checks.get("memory")).toMatchObject({ state: "warn", hint: expect.stringContaining("--max-ram") });
  });

  it.skipIf(process.getuid?.() === 0)("fails for a cache that cannot be written to", async () => {
    await mkdir(folder.path("closed"));
    await chmod(folder.path("closed"), 0o500);
    const checks = await checksOf("no-cache", { workspace: { cache: folder.path("closed") } });
    expect(checks.get("cache")).toMatchObject({ state: "fail" });
  });

  it.each([
    { status: 401, token: undefined, state: "ok", found: "public repositories only" },
    { status: 200, token: "hf_secret", state: "ok", found: "knows the token" },
    { status: 401, token: "hf_secret", state: "fail", found: "refuses the token" },
    { status: 503, token: "hf_secret", state: "warn", found: "status 503" },
  ])("says of a hub that answers $status to the token $token: $found", async ({ status, token, state, found }) => {
    answer = () => ({ status });
    const check = (await checksOf("hub", { workspace: { hub: hub(token) } })).get("hub");
    expect(check).toMatchObject({ state, found: expect.stringContaining(found) });
    expect(asked).toEqual([
      { url: "/api/whoami-v2", authorization: token === undefined ? undefined : `Bearer ${token}` },
    ]);
    expect(JSON.stringify(check)).not.toContain("hf_secret");
  });

  it("follows no redirect with the token, and warns of a hub that is not there", async () => {
    answer = (url) => (url === "/elsewhere" ? { status: 200 } : { status: 302, location: "/elsewhere" });
    const checks = await checksOf("moved", { workspace: { hub: hub("hf_secret") } });
    expect(checks.get("hub")?.state).toBe("warn");
    expect(asked).toHaveLength(1);
    const gone = hubSettings({ HF_ENDPOINT: "http://127.0.0.1:9", HF_HOME: "/none" }, "/none");
    expect((await checksOf("gone", { workspace: { hub: gone } })).get("hub")).toMatchObject({
      state: "warn",
      found: expect.stringContaining("gives no answer"),
    });
  });
});

describe("the servers of a run file", () => {
  const experiment = (encoder: string) =>
    `version: 1\nname: small\nretrievers: {served: {kind: dense, encoder: ${encoder}}}\n` +
    "matrix: {retriever: [served], dataset: [library]}\n";

  async function serverOf(name: string, options: string, secrets: Readonly<Record<string, string>> = {}) {
    await mkdir(folder.path(name), { recursive: true });
    const file = folder.path(`${name}.yaml`);
    const encoder = `{kind: openai, model: e5, dimensions: 8, baseUrls: ["${origin}/v1"]${options}}`;
    await writeFile(file, experiment(encoder));
    return await checksOf(name, { file, workspace: { secret: (of) => secrets[of] } });
  }

  it.each([
    { why: "has the model", answered: { status: 200, body: '{"data":[{"id":"e5"}]}' }, state: "ok", found: "has e5" },
    {
      why: "has others",
      answered: { status: 200, body: '{"data":[{"id":"bge"}]}' },
      state: "warn",
      found: "not list e5",
    },
    { why: "has no list", answered: { status: 404, body: "" }, state: "warn", found: "lists no models" },
    { why: "refuses the key", answered: { status: 401, body: "" }, state: "fail", found: "refuses the key" },
    { why: "is broken", answered: { status: 502, body: "" }, state: "fail", found: "status 502" },
  ])("says of one that $why: $state", async ({ answered, state, found }) => {
    answer = () => answered;
    const checks = await serverOf("answers", ", apiKeyEnv: MY_KEY", { MY_KEY: "sk-secret" });
    expect(checks.get("server")).toMatchObject({ state, found: expect.stringContaining(found) });
    expect(asked).toEqual([{ url: "/v1/models", authorization: "Bearer sk-secret" }]);
    expect(JSON.stringify([...checks])).not.toContain("sk-secret");
  });

  it("asks no server whose key is not set", async () => {
    const checks = await serverOf("no-key", ", apiKeyEnv: MY_KEY");
    expect(checks.get("key")).toMatchObject({ state: "fail", found: "MY_KEY is not set" });
    expect(asked).toEqual([]);
  });

  it("takes any name where the run file does", async () => {
    answer = () => ({ status: 200, body: '{"data":[{"id":"bge"}]}' });
    expect((await serverOf("any", ', servedModel: "*"')).get("server")?.state).toBe("ok");
  });

  it("fails for a run file that is not valid, and for a server that is not there", async () => {
    const file = folder.path("wrong.yaml");
    await writeFile(file, "version: 2\n");
    expect((await checksOf("wrong", { file })).get("run file")).toMatchObject({ state: "fail" });
    const own = folder.path("gone.yaml");
    await writeFile(own, experiment('{kind: openai, model: e5, dimensions: 8, baseUrls: ["http://127.0.0.1:9/v1"]}'));
    expect((await checksOf("gone-server", { file: own })).get("server")).toMatchObject({ state: "fail" });
  });
});
