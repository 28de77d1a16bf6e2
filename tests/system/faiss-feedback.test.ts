import { expect, it } from "vitest";
import { openEmbeddingCache } from "../../harness/encode/shard-cache.ts";
import { createEngine } from "../../harness/engine/registry.ts";
import { createRetriever } from "../../harness/retrieve/registry.ts";
import { collection, named, searched } from "../encode/collection.ts";
import { retrieverServices } from "../retrieve/search-texts.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { describeWithFaiss } from "../with-faiss.ts";
import { cut } from "./faiss-search.ts";

const folder = temporaryFolder();
const WORDS = ["cat", "dog", "bird", "fish", "stone", "tree", "rain", "milk"];
/** Every pair of words is a text of its own. */
const CORPUS = collection(WORDS.flatMap((first) => WORDS.map((second) => `${first} ${second} ${second}`)));
const QUERIES = named(["cats and milk", "rain", "a bird in a tree"]);
const FEEDBACK = { kind: "rocchio", depth: 5, alpha: 0.4, beta: 0.6 };

/** The ten best documents of every query. */
async function best(engine: { readonly kind: string }, feedback?: object): Promise<readonly (readonly number[])[]> {
  const opened = await createEngine(engine, { threads: 1, maxBytes: 2 ** 28 }).open();
  try {
    const embeddings = openEmbeddingCache({ folder: folder.path("cache") });
    const services = retrieverServices({ embeddings, engine: () => Promise.resolve(opened) });
    const dense = { kind: "dense", encoder: { kind: "hashed", dimensions: 64 }, engine };
    const retriever = await createRetriever({ ...dense, ...(feedback && { feedback }) }, services).open(
      searched(CORPUS),
    );
    const { answers } = await retriever.search({
      ...{ documents: CORPUS, ties: Int32Array.from({ length: CORPUS.count }, (_, row) => row), queries: QUERIES },
      excluded: [Int32Array.of(0, 7), new Int32Array(), new Int32Array()],
      questions: { cuts: [cut(QUERIES.length, 10)] },
    });
    const found: (readonly number[])[] = [];
    for await (const { cuts } of answers) found.push([...(cuts[0]?.documents.rows ?? [])]);
    return found;
  } finally {
    await opened.close();
  }
}

describeWithFaiss("feedback with the engine faiss", () => {
  it("finds what the plain engine finds, by a flat index and by a graph that looks everywhere", async () => {
    const expected = await best({ kind: "flat" }, FEEDBACK);
    expect(expected).not.toEqual(await best({ kind: "flat" }));
    const sets = (rankings: readonly (readonly number[])[]) => rankings.map((rows) => rows.toSorted((a, b) => a - b));
    for (const index of [{ index: "Flat" }, { index: "HNSW32", efSearch: 64 }]) {
      expect(sets(await best({ kind: "faiss", ...index }, FEEDBACK))).toEqual(sets(expected));
    }
  });
});
