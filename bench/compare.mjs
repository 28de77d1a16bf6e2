// Seconds of the significance tests on sizes of BRIGHT (1,384 queries, 12 datasets). Build first:
//   npx tsc -p tsconfig.build.json && node build-assets.mjs && node bench/compare.mjs
import { cpus } from "node:os";
import { performance } from "node:perf_hooks";
import { compareAcrossDatasets } from "../dist/compare/compare-datasets.js";
import { compareFamily } from "../dist/compare/compare-family.js";
import { compareSpike } from "../dist/compare/compare-spike.js";
import { compareSpikeMeans } from "../dist/compare/compare-spike-means.js";
import { compareSystems } from "../dist/compare/compare-systems.js";
import { randomizationTest } from "../dist/compare/randomization-test.js";
import { createRandomSource } from "../dist/runtime/seeded-random.js";

const QUERIES = 1_384;
const DATASETS = 12;
const RETRIEVERS = 6;
const DRAWS = 100_000;
const REPEATS = 3;

/** Values in [0, 1] in steps of a thousandth, the same at every start. */
function systemOn({ dataset, queries, system }) {
  const words = new Uint32Array(queries);
  createRandomSource(1, `${system} on ${dataset}`).fill(words, 0);
  const values = new Map(Array.from(words, (word, query) => [`q${query}`, (word % 1001) / 1000]));
  return { dataset, system, values, policyHash: "bench", qrelsSha256: dataset };
}

function pairOn(dataset, queries, retriever) {
  const [a, b] = ["spike", "base"].map((role) => systemOn({ dataset, queries, system: `${retriever} ${role}` }));
  return { a, b };
}

function say(what, work) {
  const times = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const start = performance.now();
    work();
    times.push((performance.now() - start) / 1000);
  }
  process.stdout.write(`${what}: ${times.sort((a, b) => a - b)[REPEATS >> 1]?.toFixed(3)} s\n`);
}

process.stdout.write(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, median of ${REPEATS}\n`);

const whole = pairOn("all", QUERIES, "retriever");
const terms = [...whole.a.values].map(([id, value]) => (value - (whole.b.values.get(id) ?? 0)) / QUERIES);
const options = { seed: 1, draws: DRAWS };
say(`randomization test, ${QUERIES} queries, ${DRAWS} draws`, () => {
  randomizationTest([{ label: "all", terms }], options);
});
say("the same with interval, t test, effect sizes", () => compareSystems(whole.a, whole.b));

/** 1,384 queries over 12 datasets: 4 of 116 and 8 of 115. */
const sizes = Array.from({ length: DATASETS }, (_, at) => Math.floor((QUERIES + at) / DATASETS));
const family = Array.from({ length: RETRIEVERS }, (_, retriever) =>
  sizes.map((queries, dataset) => pairOn(`dataset ${dataset}`, queries, `retriever ${retriever}`)),
);
for (const correction of ["holm", "maxT"]) {
  say(`family of ${RETRIEVERS} x ${DATASETS}, ${correction}`, () => compareFamily(family.flat(), { correction }));
}
say(`macro and micro over ${DATASETS} datasets`, () => compareAcrossDatasets(family[0] ?? []));

/** The whole comparison of a matrix: two measures, every alpha with its band, cross-fitting, means. */
const ALPHAS = 11;
const sweeps = ["nDCG@10", "R@100"].flatMap((measure) =>
  family.flatMap((row, retriever) =>
    row.map(({ b }) => {
      const points = Array.from({ length: ALPHAS }, (_, at) => ({
        alpha: at / (ALPHAS - 1),
        values: systemOn({ dataset: b.dataset, queries: b.values.size, system: `${measure} ${retriever} at ${at}` })
          .values,
      }));
      const { values: _, ...origin } = b;
      return {
        retriever: String(retriever),
        queries: "q",
        scenarios: "s",
        fusion: "f",
        measure,
        base: b,
        sweep: { ...origin, points },
      };
    }),
  ),
);
const declaration = {
  ...{ alpha: 0.5, test: "randomization", correction: "holm", family: "all", crossFit: "queries", folds: 5 },
  ...{ wilcoxon: false, seed: 1, draws: DRAWS, resamples: 10_000, level: 0.95 },
  ...{ allowMixed: false, groups: [], datasets: family[0]?.map(({ a }) => a.dataset) ?? [] },
};
function finish(steps) {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
say(`a matrix of ${RETRIEVERS} x ${DATASETS} x ${ALPHAS}, two measures`, () => {
  finish(compareSpikeMeans(finish(compareSpike(sweeps, declaration)), declaration));
});
