import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { fetchModel } from "../../harness/encode/fetch-model.ts";
import { createEncoder } from "../../harness/encode/registry.ts";
import type { HubSettings } from "../../harness/remote/hub-settings.ts";
import { silentProgress } from "../../harness/runtime/progress.ts";
import { hubStandIn } from "../remote/hub-stand-in.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { collection, searched } from "./collection.ts";
import { expectNear, unit } from "./tiny-encoder.ts";
import { type TinyTransformer, TOKEN_VECTORS, tinyTransformerFiles } from "./tiny-transformer.ts";

const hub = hubStandIn();
const folder = temporaryFolder();
let places = 0;

const COMMIT = "a".repeat(40);
const LATER = "b".repeat(40);
const SHIFTED = { vectors: TOKEN_VECTORS.map(([x, y]) => [x, y + 1] as const) };

/** A repository as exporters fill them, with more than is needed. */
async function serve(commit: string, tiny: TinyTransformer = {}) {
  const files = { ...tinyTransformerFiles(tiny), "README.md": Buffer.from("# tiny"), "model.bin": Buffer.from("big") };
  const listed = Object.entries(files).map(([path, content]) => [path, { content, lfs: /onnx|bin/.test(path) }]);
  await hub.serve({ "models/owner/tiny": { commit, files: Object.fromEntries(listed) } });
}

/** Caches of their own, and what reads and fills them. */
function lab(more: Partial<HubSettings> = {}) {
  const root = folder.path(`lab-${++places}`);
  const access = { hub: hub.settings(join(root, "hub"), more), records: join(root, "records") };
  const model = "owner/tiny";
  return {
    root,
    fetch: (options: { readonly revision?: string; readonly dtype?: "q8" } = {}) =>
      fetchModel({ model, dtype: "fp32", ...options }, { ...access, progress: silentProgress }),
    open: (options: object = {}) =>
      createEncoder(
        { kind: "transformers", model, pooling: "mean", ...options },
        { folder: root, models: access },
      ).open(searched(collection([]))),
  };
}

beforeEach(() => serve(COMMIT));

describe("a model of the hub", () => {
  it("is fetched once, only the files that are read, into the hub's own layout", async () => {
    const { fetch, root } = lab();
    const report = await fetch();
    expect(report).toMatchObject({ repository: "owner/tiny", revision: "main", commit: COMMIT, files: 4 });
    expect(report.downloaded).toBe(report.bytes);
    const asked = (await hub.log()).map(({ url }) => url.replace(/[?].*/, ""));
    const resolved = (path: string) => `/owner/tiny/resolve/${COMMIT}/${path}`;
    const names = ["config.json", "onnx/model.onnx", "tokenizer.json", "tokenizer_config.json"];
    expect(new Set(asked.filter((url) => url.includes("/resolve/")))).toEqual(new Set(names.map(resolved)));
    expect(asked).toContain("/api/models/owner/tiny/revision/main");
    const snapshot = join(root, "hub", "models--owner--tiny", "snapshots", COMMIT);
    expect(await readFile(join(snapshot, "onnx/model.onnx"))).toEqual(tinyTransformerFiles()["onnx/model.onnx"]);
    expect(await readFile(join(root, "hub/models--owner--tiny/refs/main"), "utf8")).toBe(COMMIT);
    expect((await fetch({ revision: COMMIT })).downloaded).toBe(0);
    expect(await hub.log()).toEqual([]);
  });

  it("is read without asking the network, weights beside the graph included", async () => {
    await serve(COMMIT, { external: true });
    const { fetch, open } = lab();
    expect((await fetch()).files).toBe(5);
    await hub.log();
    const encoder = await open();
    const { vectors } = await encoder.encode(["cats chase dogs"], "document");
    expectNear([...vectors], unit([5, 8]));
    expect(await hub.log()).toEqual([]);
    expect(encoder.identity).toMatchObject({ model: { repository: "owner/tiny", commit: COMMIT } });
  });

  it("stays at the commit of the last fetch, and is another one after the next", async () => {
    const { fetch, open } = lab();
    await fetch();
    const before = await open();
    await serve(LATER, SHIFTED);
    expect((await open()).identity).toEqual(before.identity);
    await fetch();
    const after = await open();
    expect(after.identity).not.toEqual(before.identity);
    expect((await after.encode(["cats"], "document")).vectors).not.toEqual(
      (await before.encode(["cats"], "document")).vectors,
    );
    // a pinned revision is found again
    expect((await open({ revision: COMMIT })).identity).toEqual(before.identity);
  });

  it.each([
    { options: {}, command: "spikebench models fetch owner/tiny`" },
    { options: { revision: "v1", dtype: "q8" }, command: "models fetch owner/tiny --revision v1 --dtype q8`" },
  ])("that is not here names the command that fetches it: $command", async ({ options, command }) => {
    const { open } = lab();
    await expect(open(options)).rejects.toMatchObject({ code: "NOT_FETCHED", hint: expect.stringContaining(command) });
    expect(await hub.log()).toEqual([]);
  });

  it("says so when another dtype was fetched", async () => {
    const { fetch, open } = lab();
    await fetch();
    await expect(open({ dtype: "fp16" })).rejects.toMatchObject({ code: "FILE_MISSING" });
    await expect(fetch({ dtype: "q8" })).rejects.toMatchObject({ code: "FILE_MISSING" });
  });

  it("is fetched again when a byte was flipped on the way, and refused the second time", async () => {
    await hub.rules({ url: "model.onnx", host: "cdn", flip: true });
    await expect(lab().fetch()).resolves.toMatchObject({ files: 4 });
    await hub.rules({ url: "model.onnx", host: "cdn", flip: true, always: true });
    const { fetch, open } = lab();
    await expect(fetch()).rejects.toMatchObject({ code: "CHECKSUM_MISMATCH" });
    await expect(open()).rejects.toMatchObject({ code: "NOT_FETCHED" });
  });

  it("is refused when its copy here was damaged", async () => {
    const { fetch, open, root } = lab();
    await fetch();
    const file = join(root, "hub", "models--owner--tiny", "snapshots", COMMIT, "onnx", "model.onnx");
    const bytes = await readFile(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await writeFile(file, bytes);
    await expect(open()).rejects.toMatchObject({
      code: "CHECKSUM_MISMATCH",
      hint: expect.stringContaining("models fetch"),
    });
  });

  it("is not fetched where HF_HUB_OFFLINE forbids it", async () => {
    await expect(lab({ offline: true }).fetch()).rejects.toMatchObject({ code: "OFFLINE" });
    expect(await hub.log()).toEqual([]);
  });

  it("that does not exist is refused with its address, which has no prefix", async () => {
    await hub.serve({});
    await expect(lab().fetch()).rejects.toMatchObject({ code: "REMOTE_REFUSED", where: hub.address("/owner/tiny") });
  });
});
