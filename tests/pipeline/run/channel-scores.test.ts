import { rm, truncate } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { docId, queryId } from "../../../harness/domain/ids.ts";
import type { FusedDoc } from "../../../harness/domain/run.ts";
import { type ChannelHit, openChannelWriter, readChannelScores } from "../../../harness/pipeline/run/channel-scores.ts";
import { fc } from "../../seeded-fast-check.ts";
import { temporaryFolder } from "../../temporary-folder.ts";
import { cellFile, filesBelow, forecastsOf, openLab, runLab, runLines } from "../workspace.ts";

const folder = temporaryFolder();

async function hitsOf(path: string, depth?: number) {
  const hits: ChannelHit[] = [];
  for await (const hit of readChannelScores(path, depth)) hits.push(hit);
  return hits;
}

describe("openChannelWriter and readChannelScores", () => {
  const score = fc.float({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0));
  const hit: fc.Arbitrary<FusedDoc> = fc.record({
    docId: fc.string({ unit: "grapheme" }).map(docId),
    score: fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    documentScore: score,
    scenario: fc.option(fc.record({ score, id: fc.string() }), { nil: undefined }),
  });

  it("give back every hit of every query in its order", async () => {
    const path = folder.path("any.parquet");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(hit, { maxLength: 5 }), { minLength: 1, maxLength: 4 }), async (rankings) => {
        const writer = await openChannelWriter(path);
        for (const [at, ranking] of rankings.entries()) await writer.write(queryId(`q${at}`), ranking);
        await writer.commit();
        const expected = rankings.flatMap((ranking, at) =>
          ranking.map((one, index) => ({ ...one, queryId: `q${at}`, rank: index + 1 })),
        );
        expect(await hitsOf(path)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it("go over several groups of rows, and end each ranking where it is asked to", async () => {
    const path = folder.path("many.parquet");
    const writer = await openChannelWriter(path);
    const ranking = Array.from({ length: 5_000 }, (_, at) => ({
      ...{ docId: docId(`d${at}`), score: at, documentScore: at / 2, scenario: undefined },
    }));
    for (const id of ["a", "b", "c"]) await writer.write(queryId(id), ranking);
    await writer.commit();
    const hits = await hitsOf(path);
    expect(hits).toHaveLength(15_000);
    expect(hits[14_999]).toMatchObject({ queryId: "c", rank: 5_000, docId: "d4999", documentScore: 2_499.5 });
    expect(await hitsOf(path, 2)).toEqual(hits.filter(({ rank }) => rank <= 2));
  });

  it("leave nothing behind when the file is given up", async () => {
    const writer = await openChannelWriter(folder.path("gone/one.parquet"));
    await writer.write(queryId("q"), []);
    await writer.abort();
    expect([...(await filesBelow(folder.path("gone"))).keys()]).toEqual([]);
  });
});

describe("a finished SPIKE cell", () => {
  it.each([
    { retriever: "hashed", alpha: 0 },
    { retriever: "hashed", alpha: 0.5 },
    { retriever: "bm25", alpha: 0.5 },
  ])("tells what every score of its run file is made of: $retriever, alpha $alpha", async ({ retriever, alpha }) => {
    const lab = await openLab(folder.path(`made-of ${retriever} ${alpha}`));
    await runLab(lab);
    const system = `${retriever}+rewrites+alpha=${alpha}`;
    const hits = await hitsOf(cellFile(lab, system, "channels.parquet"));
    expect(hits.length).toBeGreaterThan(0);
    expect(hits.map((one) => [one.queryId, "Q0", one.docId, `${one.rank}`, `${one.score}`])).toEqual(
      await runLines(cellFile(lab, system, "run.trec.gz")),
    );
    for (const { docId: id, score, documentScore, scenario } of hits) {
      const fused = scenario === undefined ? documentScore : alpha * documentScore + (1 - alpha) * scenario.score;
      expect(score).toBeCloseTo(fused, 6);
      if (scenario !== undefined) expect(scenario.id.slice(0, id.length + 1)).toBe(`${id}#`);
    }
  });

  it.each([
    { why: "deleted", damage: (path: string) => rm(path) },
    { why: "cut short", damage: (path: string) => truncate(path, 40) },
  ])("is made anew when its scores by channel are $why", async ({ why, damage }) => {
    const lab = await openLab(folder.path(`channels ${why}`));
    await runLab(lab);
    const whole = await filesBelow(lab.workspace.out);
    await damage(cellFile(lab, "hashed+rewrites+alpha=0.5", "channels.parquet"));
    const forecasts = Object.entries(await forecastsOf(lab)).filter(([, forecast]) => forecast !== "hit");
    expect(forecasts).toEqual([["hashed+rewrites+alpha=0.5", "partial"]]);
    await runLab(lab);
    expect(await filesBelow(lab.workspace.out)).toEqual(whole);
  });
});
