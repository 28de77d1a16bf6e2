import { describe, expect, it } from "vitest";
import { sampleDataset } from "../../harness/datasets/sample-dataset.ts";
import type { Dataset } from "../../harness/domain/dataset.ts";
import { datasetOf, plainQrels } from "./in-memory.ts";

const ids = Array.from({ length: 40 }, (_, index) => `d${index}`);
const texts = Object.fromEntries(ids.map((id) => [id, `text of ${id}`]));
const QRELS = { q1: { d1: 1, d2: 0 }, q2: { d3: 2, d4: 1 }, q3: { d5: 1 }, q4: { d39: 1, gone: 1 } };
const WHOLE = datasetOf(texts, QRELS);

async function bodies({ corpus }: Dataset): Promise<string[]> {
  const all: string[] = [];
  for await (const { text } of corpus.views()) all.push(text);
  return all;
}

describe("sampleDataset", () => {
  it("keeps so many queries, every relevant document of theirs, and others up to the size", async () => {
    const sample = await sampleDataset(WHOLE, { documents: 10, queries: 2, seed: 1 });
    expect(sample.qrels.size).toBe(2);
    expect(sample.queries.map(({ id }) => id)).toEqual([...sample.qrels.keys()]);
    expect(sample.docIds.length).toBe(10);
    for (const judgements of sample.qrels.values()) {
      for (const [id, grade] of judgements) if (grade > 0 && id !== "gone") expect(sample.docIds).toContain(id);
    }
    expect(await bodies(sample)).toEqual(sample.docIds.map((id) => `text of ${id}`));
    expect(sample.corpus.count).toBe(10);
    expect(sample.notes[0]).toContain("10 of 40 documents, 2 of 4 queries, seed 1");
  });

  it("keeps all relevant documents even when there are more than asked for", async () => {
    const sample = await sampleDataset(WHOLE, { documents: 1, seed: 0 });
    expect([...sample.docIds].sort()).toEqual(["d1", "d3", "d39", "d4", "d5"]);
    expect(plainQrels(sample)).toEqual({ q1: { d1: 1 }, q2: { d3: 2, d4: 1 }, q3: { d5: 1 }, q4: { d39: 1, gone: 1 } });
  });

  it("is the same for the same seed, whatever the order of the files, and another for another seed", async () => {
    const size = { documents: 12, queries: 2, seed: 5 };
    const reversed = datasetOf(Object.fromEntries(Object.entries(texts).reverse()), QRELS);
    const [one, same, other] = [
      await sampleDataset(WHOLE, size),
      await sampleDataset(reversed, size),
      await sampleDataset(WHOLE, { ...size, seed: 6 }),
    ];
    expect([...same.docIds].sort()).toEqual([...one.docIds].sort());
    expect(plainQrels(same)).toEqual(plainQrels(one));
    expect(other.docIds).not.toEqual(one.docIds);
  });

  it("is the whole where it is as large", async () => {
    const sample = await sampleDataset(WHOLE, { documents: 40, queries: 4, seed: 1 });
    expect(sample.docIds).toEqual(WHOLE.docIds);
    expect(plainQrels(sample)).toEqual(QRELS);
  });

  it("has a content hash of its own", async () => {
    const hashes = [6, 7, 8].map(
      async (documents) => (await sampleDataset(WHOLE, { documents, seed: 1 })).corpus.contentHash,
    );
    expect(new Set(await Promise.all(hashes)).size).toBe(3);
  });
});
