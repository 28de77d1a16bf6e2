import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { buildFaissIndex } from "../../harness/engine/faiss-index.ts";
import { type FaissProcess, startFaiss } from "../../harness/engine/faiss-process.ts";
import { writeFaissVectors } from "../../harness/storage/faiss-file.ts";
import { requestOf } from "../engine/problem.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { describeWithFaiss } from "../with-faiss.ts";
import { cut, openFaiss, problemOf } from "./faiss-search.ts";

const folder = temporaryFolder();
const anything = z.unknown();
const built = resolve(import.meta.dirname, "../../dist/engine/faiss-process.js");

/** Linux: the processes that one has started and not yet ended. */
async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.split(" ").filter(Boolean).map(Number);
}

/** True while a process runs or is stopped; one that has ended may wait for long until someone looks at its exit code. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat !== "" && !/\) [ZX] /.test(stat);
}

async function untilEnded(pid: number): Promise<void> {
  while (await isAlive(pid)) await wait(20);
}

/** The process that `start` starts. */
async function startedBy<Started>(start: () => Promise<Started>): Promise<{ started: Started; pid: number }> {
  const before = await childrenOf(process.pid);
  const started = await start();
  const [pid = expect.fail()] = (await childrenOf(process.pid)).filter((child) => !before.includes(child));
  return { started, pid };
}

/** An index that a process has opened. */
async function openIndex(faiss: FaissProcess, count: number, dim: number): Promise<void> {
  const path = folder.path(`${count}.faiss`);
  const pieces = [new Float32Array(count * dim).fill(1)];
  await writeFaissVectors(path, { count, dim, metric: "inner-product", pieces });
  await faiss.ask({ operation: "open", from: path }, anything);
}

describe("startFaiss", () => {
  it("says how to build FAISS where it is not", async () => {
    await expect(startFaiss({ threads: 1, folder: folder.path("nothing") })).rejects.toMatchObject({
      code: "ENGINE_UNAVAILABLE",
      message: expect.stringContaining("npm run build:faiss"),
    });
  });

  it.each([
    { name: "does not load", main: "throw new Error('libfaiss.so: cannot open shared object file')" },
    { name: "takes its process along", main: "process.kill(process.pid, 'SIGSEGV'); setInterval(() => {}, 1000);" },
  ])("says in one line when faiss-node $name", async ({ main }) => {
    await mkdir(folder.path("build/Release"), { recursive: true });
    await folder.write("build/Release/faiss-node.node", "");
    await folder.write("package.json", JSON.stringify({ name: "faiss-node", version: "0", main: "main.cjs" }));
    await folder.write("main.cjs", main);
    const failure = await startFaiss({ threads: 1, folder: folder.path(".") }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "ENGINE_UNAVAILABLE",
      message: expect.stringMatching(/^engine `faiss`: .*(cannot open shared object file|SIGSEGV).*$/),
    });
  });
});

describeWithFaiss("a process that holds FAISS", () => {
  it("fails what it was asked in one line when it dies, and everything afterwards", async () => {
    const { started, pid } = await startedBy(() => startFaiss({ threads: 1 }));
    process.kill(pid, "SIGSTOP"); // so that it cannot answer before it dies
    const asked = started.ask({ operation: "create", dim: 2, factory: "Flat", into: folder.path("i") }, anything);
    process.kill(pid, "SIGSEGV");
    process.kill(pid, "SIGCONT");
    const dead = { code: "ENGINE_FAILED", message: expect.stringMatching(/^engine `faiss`: .*SIGSEGV.*$/) };
    await expect(asked).rejects.toMatchObject(dead);
    await expect(started.ask({ operation: "open", from: "" }, anything)).rejects.toMatchObject(dead);
    await started.close();
  });

  it("fails with FAISS's own words when FAISS aborts it", async () => {
    const faiss = await startFaiss({ threads: 1 });
    await openIndex(faiss, 3, 2);
    // k of 0 is refused by FAISS with an exception that faiss-node does not catch
    const asked = faiss.ask({ operation: "search", queries: Float32Array.from([1, 2]), k: 0 }, anything);
    await expect(asked).rejects.toMatchObject({
      code: "ENGINE_FAILED",
      message: expect.stringMatching(/^engine `faiss`: FAISS failed: .*SIGABRT.*k > 0.*$/),
    });
    await faiss.close();
  });

  it("lives on after an error that FAISS reports", async () => {
    const faiss = await startFaiss({ threads: 1 });
    const asked = faiss.ask({ operation: "open", from: folder.path("none") }, anything);
    await expect(asked).rejects.toMatchObject({ code: "ENGINE_FAILED" });
    await openIndex(faiss, 3, 2);
    const found = await faiss.ask({ operation: "search", queries: Float32Array.from([1, 2]), k: 3 }, anything);
    expect(found).toMatchObject({ scores: Float32Array.from([3, 3, 3]) });
    await faiss.close();
  });

  it("ends at once with the signal's reason, even when it hangs", async () => {
    const controller = new AbortController();
    const { started, pid } = await startedBy(() => startFaiss({ threads: 1, signal: controller.signal }));
    process.kill(pid, "SIGSTOP");
    const asked = started.ask({ operation: "open", from: folder.path("none") }, anything);
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(asked).rejects.toBe(reason);
    await untilEnded(pid);
    await expect(startFaiss({ threads: 1, signal: controller.signal })).rejects.toBe(reason);
  });

  it("ends when it is closed", async () => {
    const { started, pid } = await startedBy(() => startFaiss({ threads: 1 }));
    await started.close();
    expect(await isAlive(pid)).toBe(false);
    await started.close();
  });

  it("does not outlive its parent, not even in the midst of a call that takes minutes", async () => {
    const count = 30_000;
    const vectors = { path: folder.path("many.faiss"), at: 45, count, dim: 128 };
    const pieces = [Float32Array.from({ length: count * 128 }, (_, value) => Math.sin(value))];
    await writeFaissVectors(vectors.path, { count, dim: 128, metric: "inner-product", pieces });
    const empty = folder.path("ivf-empty.faiss");
    const fill = { operation: "fill", from: empty, vectors, train: count, into: folder.path("ivf.faiss") };
    await writeFile(
      folder.path("parent.mjs"),
      `import { z } from ${JSON.stringify(import.meta.resolve("zod"))};
      import { startFaiss } from ${JSON.stringify(pathToFileURL(built).href)};
      const faiss = await startFaiss({ threads: 1 });
      const create = { operation: "create", dim: 128, factory: "IVF8192,Flat", into: ${JSON.stringify(empty)} };
      await faiss.ask(create, z.unknown());
      process.stdout.write("training");
      await faiss.ask(${JSON.stringify(fill)}, z.unknown());
      process.stdout.write("trained");`,
    );
    const parent = spawn(process.execPath, [folder.path("parent.mjs")], { stdio: ["ignore", "pipe", "inherit"] });
    await firstOutput(parent);
    const [child = expect.fail()] = await childrenOf(parent.pid ?? 0);
    await wait(3000); // by now it has read the vectors and is in FAISS's k-means: 25 rounds of 30,000 x 8,192 x 128
    expect(await isAlive(child)).toBe(true);
    parent.kill("SIGKILL");
    await untilEnded(child);
    expect(existsSync(folder.path("ivf.faiss"))).toBe(false);
  });
});

describeWithFaiss("a search with FAISS", () => {
  const { documents, queries } = requestOf(problemOf({ documents: 2000, queries: 200, dim: 16 }));
  const request = { documents, queries, cuts: [cut(200, 5)] };

  it("stops when the signal aborts, while building and while searching, and leaves no process", async () => {
    const before = await childrenOf(process.pid);
    for (const stopAt of ["building", "searching"]) {
      const controller = new AbortController();
      const engine = await openFaiss({ index: "HNSW32" });
      const reason = new Error(stopAt);
      const search = engine.search({
        ...{ ...request, signal: controller.signal },
        onProgress: (done) => stopAt === "building" && done > 2000 && controller.abort(reason),
      });
      await expect(
        (async () => {
          for await (const { query } of search) if (query === 3) controller.abort(reason);
        })(),
      ).rejects.toBe(reason);
      await engine.close();
    }
    expect(await childrenOf(process.pid)).toEqual(before);
  });

  it("fails when the engine is closed, and leaves no process", async () => {
    const before = await childrenOf(process.pid);
    const engine = await openFaiss();
    const search = engine.search(request);
    await search.next();
    await engine.close();
    const failure = (async () => {
      for await (const _ of search);
    })();
    await expect(failure).rejects.toMatchObject({ code: "ENGINE_FAILED" });
    expect(await childrenOf(process.pid)).toEqual(before);
  });

  it("leaves no process when whoever asked needs no more answers", async () => {
    const before = await childrenOf(process.pid);
    const engine = await openFaiss();
    for await (const { query } of engine.search(request)) if (query === 1) break;
    await engine.close();
    expect(await childrenOf(process.pid)).toEqual(before);
  });
});

describeWithFaiss("buildFaissIndex", () => {
  it("searches on in another process when one has leaked too much", async () => {
    const vectors = { count: 3, dim: 2, rows: Float32Array.from([1, 0, 0, 1, 1, 1]) };
    const query = Float32Array.from([1, 2]); // 8 bytes
    const { started: index, pid } = await startedBy(() =>
      buildFaissIndex({
        ...{
          vectors,
          settings: { index: "Flat", buildThreads: 1 },
          folder: folder.path("."),
          channel: "documents",
          name: "leaking",
          threads: 1,
        },
        leakedBytes: 15,
        onProgress: () => undefined,
      }),
    );
    // rows 2, 1, 0 have the products 1 + 2, 2 and 1
    const found = { rows: Int32Array.from([2, 1, 0]), scores: Float32Array.from([3, 2, 1]) };
    const alive: boolean[] = [];
    for (let search = 0; search < 4; search++) {
      expect(await index.search(query, 3)).toEqual(found);
      alive.push(await isAlive(pid));
    }
    expect(alive).toEqual([true, true, false, false]);
    await index.close();
  });
});

async function firstOutput({ stdout }: ChildProcess): Promise<void> {
  await new Promise((resolve) => stdout?.once("data", resolve));
}
