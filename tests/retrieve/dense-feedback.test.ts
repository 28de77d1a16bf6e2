import { describe, expect, it } from "vitest";
import { checkFragment } from "../../harness/component.ts";
import { layOutViews } from "../../harness/domain/view-layout.ts";
import { newKeys } from "../../harness/encode/estimate-encoding.ts";
import { createEncoder } from "../../harness/encode/registry.ts";
import { openEmbeddingCache } from "../../harness/encode/shard-cache.ts";
import { createRetriever, retrievers } from "../../harness/retrieve/registry.ts";
import { collection, named, searched } from "../encode/collection.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { retrieverServices, scoreTexts } from "./search-texts.ts";

const folder = temporaryFolder();
const TEXTS = ["cats purr", "cats purr loudly at night", "milk for the night", "stones"];
const CORPUS = collection(TEXTS);
const QUERIES = named(["cats", "night", "zebra"]);

function open(options: Readonly<Record<string, unknown>> = {}) {
  const embeddings = openEmbeddingCache({ folder: folder.path("cache") });
  return createRetriever({ kind: "dense", ...options }, retrieverServices({ embeddings, folder: "." })).open(
    searched(CORPUS),
  );
}

async function vectorOf(text: string): Promise<Float32Array> {
  const encoder = await createEncoder({ kind: "hashed" }, { folder: "." }).open(searched(CORPUS));
  return (await encoder.encode([text], "query")).vectors;
}

const product = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, d) => sum + value * (b[d] ?? 0), 0);

describe("dense with feedback", () => {
  it("scores by the direction between the query and the best documents", async () => {
    const { rows } = await scoreTexts(await open({ feedback: { kind: "average", depth: 1 } }), CORPUS, QUERIES);
    // the first query is nearest to the first document
    const [query, best] = [await vectorOf("cats"), await vectorOf("cats purr")];
    const direction = query.map((value, d) => value + (best[d] ?? 0));
    const length = Math.sqrt(product(direction, direction));
    for (const [row, text] of TEXTS.entries()) {
      expect(rows[0]?.scores[row]).toBeCloseTo(product(direction, await vectorOf(text)) / length, 6);
    }
  });

  it.each(["flat", "ort"])("changes no score with the engine %s where documents weigh nothing", async (kind) => {
    const engine = { kind };
    const plain = await scoreTexts(await open({ engine }), CORPUS, QUERIES);
    const feedback = { kind: "rocchio", alpha: 0.7, beta: 0 };
    expect((await scoreTexts(await open({ engine, feedback }), CORPUS, QUERIES)).rows).toEqual(plain.rows);
    const moved = await scoreTexts(await open({ engine, feedback: { kind: "rocchio" } }), CORPUS, QUERIES);
    expect(moved.rows[0]).not.toEqual(plain.rows[0]);
  });

  it("lets no document feed back that may not be returned", async () => {
    const opened = await open({ feedback: { kind: "average" } });
    const everything = Int32Array.of(0, 1, 2, 3);
    const excluded = QUERIES.map(() => everything);
    const { rows } = await scoreTexts(opened, CORPUS, QUERIES, { excluded });
    expect(rows).toEqual((await scoreTexts(await open(), CORPUS, QUERIES)).rows);
  });

  it("searches scenarios with the vector that the documents moved", async () => {
    const scenarios = collection(["loudly", "zebras", "cows", "rain"]);
    const layout = layOutViews({
      ties: Int32Array.of(0, 1, 2, 3),
      offsets: Int32Array.of(0, 1, 2, 3, 4),
      noise: new Uint8Array(4),
    });
    const opened = await open({ feedback: { kind: "average" } });
    const task = {
      documents: CORPUS,
      ties: layout.ties,
      queries: QUERIES,
      excluded: QUERIES.map(() => new Int32Array()),
    };
    const alone = await scoreTexts(opened, CORPUS, QUERIES);
    const stages = new Set<string>();
    const search = await opened.search({
      ...{ ...task, scenarios: { views: scenarios, layout }, questions: { scores: true } },
      watch: (stage) => stages.add(stage),
    });
    for await (const { query, scores } of search.answers) {
      expect([...(scores?.document ?? [])]).toEqual(alone.rows[query]?.scores);
      // `loudly` has nothing in common with the query `cats`, but with a document that fed back
      if (query === 0) expect(scores?.scenario[0]).toBeGreaterThan(0.1);
    }
    expect([...stages]).toEqual(["documents", "scenarios", "feedback", "search"]);
  });

  it("answers no queries and scores no views without failing", async () => {
    const opened = await open({ feedback: { kind: "average" } });
    expect((await scoreTexts(opened, CORPUS, [])).rows).toEqual([]);
    const { rows } = await scoreTexts(opened, collection([]), QUERIES);
    expect(rows.map(({ scores }) => scores)).toEqual([[], [], []]);
  });

  it("is known by its feedback, defaults too, and as before without one", async () => {
    const identityOf = async (feedback?: object) =>
      JSON.stringify((await open(feedback === undefined ? {} : { feedback })).identity);
    expect(await identityOf({ kind: "rocchio" })).toBe(await identityOf({ kind: "rocchio", alpha: 0.9 }));
    expect(await identityOf({ kind: "rocchio" })).not.toBe(await identityOf({ kind: "rocchio", alpha: 0.8 }));
    expect(await identityOf({ kind: "average" })).toContain("feedback");
    expect(await identityOf()).not.toContain("feedback");
  });

  it("encodes what the plain retriever encodes, and holds the queries twice", async () => {
    const request = () => ({ corpus: CORPUS, scenarioSets: [], querySets: [QUERIES], isNew: newKeys() });
    const plain = await (await open()).estimate(request());
    const more = await (await open({ feedback: { kind: "average" } })).estimate(request());
    expect(more).toEqual({ ...plain, memoryBytes: plain.memoryBytes + 3 * 2048 * 4 });
  });

  it.each([{ kind: "rm3" }, { kind: "mean" }, { kind: "average", depth: 0 }, "average"])(
    "refuses the feedback %o when the run file is checked",
    (feedback) => {
      expect(() =>
        checkFragment("retriever", retrievers, { kind: "dense", feedback }, { where: "a.yaml:1:1" }),
      ).toThrow(expect.objectContaining({ code: "SPEC_INVALID", where: "a.yaml:1:1" }));
    },
  );
});
