import { describe, expect, it } from "vitest";
import { docId, queryId } from "../../harness/domain/ids.ts";
import { openEmbeddingCache } from "../../harness/encode/shard-cache.ts";
import { type Encoder, PLAIN_FORMS } from "../../harness/encode/types.ts";
import { poolSimilarities } from "../../harness/training/reward-candidates.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();

/** Reads a text as an angle in degrees, so that similarities are cosines of differences. */
const angles: Encoder = {
  identity: { kind: "angles" },
  forms: PLAIN_FORMS,
  dim: 2,
  batchSize: 4,
  encode(texts) {
    const radians = texts.map((text) => (Number(text) * Math.PI) / 180);
    return Promise.resolve({
      vectors: Float32Array.from(radians.flatMap((at) => [Math.cos(at), Math.sin(at)])),
      truncated: [],
    });
  },
};

function pool(id: string, gold: string, texts: readonly string[], answer?: string) {
  const question = {
    id,
    query: { id: queryId(id), text: "0", excluded: [] },
    positive: { id: docId(`gold of ${id}`), row: 0, text: gold },
    relevant: Int32Array.of(0),
    excluded: new Int32Array(),
  };
  return { question, texts, answer };
}

function cosines(...degrees: readonly number[]): readonly unknown[] {
  return degrees.map((at) => expect.closeTo(Math.cos((at * Math.PI) / 180), 6));
}

const similarities = (encoder: Encoder, pools: Parameters<typeof poolSimilarities>[0]) => {
  const embeddings = openEmbeddingCache({ folder: folder.path("vectors"), onWarning: expect.fail });
  return poolSimilarities(pools, { source: { encoder, storage: "float32" }, embeddings, signal: undefined });
};

describe("poolSimilarities", () => {
  it("gives every candidate's cosine with its own gold document and answer", async () => {
    const [one, other] = await similarities(angles, [
      pool("q1", "10", ["10", "40", "100"], "70"),
      pool("q2", "200", ["20", "170"]),
    ]);
    expect([...(one?.positive ?? [])]).toEqual(cosines(0, 30, 90));
    expect([...(one?.answer ?? [])]).toEqual(cosines(60, 30, 30));
    expect([...(other?.positive ?? [])]).toEqual(cosines(180, 30));
    expect(other?.answer).toBeUndefined();
  });

  it("refuses an encoder that knows texts by their ids alone", async () => {
    const building = similarities({ ...angles, reads: "id" }, [pool("q1", "1", ["2", "3"])]);
    await expect(building).rejects.toMatchObject({ code: "SPEC_INVALID" });
  });
});
