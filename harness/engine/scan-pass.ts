import { openVectorReader } from "../storage/vector-reader.ts";
import type { OpenProduct } from "./block-product.ts";
import { collectCut } from "./collect-cut.ts";
import { collectScores } from "./collect-scores.ts";
import { collectSweep } from "./collect-sweep.ts";
import { scoreNotFinite } from "./score-error.ts";
import { openScoreScan, type ScoreScan } from "./score-scan.ts";
import type { PassPart, ScoredBlock, SearchPass } from "./search-pass.ts";
import type { VectorSource } from "./types.ts";

/**
 * Takes blocks of a pass until none is left, and gathers what the pass asks for. Several threads may do so at once.
 *
 * @param onBlock told how many vectors a block had; the next block waits for it
 * @throws {HarnessError} `SCORE_INVALID`, and what reading a file throws
 */
export async function scanPass(
  pass: SearchPass,
  open: OpenProduct,
  onBlock: (vectors: number) => void | Promise<void>,
): Promise<PassPart> {
  const { dim, width, tiles } = pass.queries;
  const documents = openRows(pass.documents.vectors);
  const scenarios = pass.scenarios === undefined ? undefined : openRows(pass.scenarios.vectors);
  try {
    const scan = openScoreScan({ rows: pass.blockRows, width });
    const product = open({ dim, width, maxRows: pass.blockRows, tiles, scores: scan.scores });
    const sweeps = pass.sweeps.map((sweep) => collectSweep(sweep, pass));
    const cuts = pass.cuts.map((cut) => collectCut(cut, pass));
    const scores = pass.scores === undefined ? [] : [collectScores(pass.scores, pass)];
    for (let block = takeBlock(pass); block !== undefined; block = takeBlock(pass)) {
      const split = block.documents * dim;
      const rows = block.documents + block.scenarios;
      documents.read(block.firstDocument, block.documents, product.input.subarray(0, split));
      scenarios?.read(block.firstScenario, block.scenarios, product.input.subarray(split, rows * dim));
      for (let tile = 0; tile * width < pass.queries.count; tile++) {
        await product.multiply(rows, tile);
        const scored = scoredBlock({ block, tile, scan, pass });
        if (tile === 0) checkRows(scored);
        for (const collector of [...sweeps, ...cuts, ...scores]) collector.take(scored);
      }
      await onBlock(rows);
    }
    return { sweeps: sweeps.map((sweep) => sweep.finish()), cuts: cuts.map((cut) => cut.finish()) };
  } finally {
    documents.close();
    scenarios?.close();
  }
}

type Block = Pick<ScoredBlock, "firstDocument" | "documents" | "firstScenario" | "scenarios">;

function takeBlock({ blocks, next, scenarios }: SearchPass): Block | undefined {
  const index = Atomics.add(next, 0, 1);
  const firstDocument = blocks[index];
  const end = blocks[index + 1];
  if (firstDocument === undefined || end === undefined) return undefined;
  const firstScenario = scenarios?.offsets[firstDocument] ?? 0;
  const endScenario = scenarios?.offsets[end] ?? 0;
  return { firstDocument, documents: end - firstDocument, firstScenario, scenarios: endScenario - firstScenario };
}

type Scored = {
  readonly block: Block;
  readonly tile: number;
  readonly scan: ScoreScan;
  readonly pass: SearchPass;
};

function scoredBlock({ block, tile, scan, pass }: Scored): ScoredBlock {
  const { count, width } = pass.queries;
  const firstQuery = tile * width;
  const queries = Math.min(width, count - firstQuery);
  return { ...block, firstQuery, queries, scores: scan.scores, width, scan };
}

/** A value that is not finite makes every score of its row so, whatever the query: one column tells. */
function checkRows({ scores, width, documents, scenarios, firstDocument, firstScenario }: ScoredBlock): void {
  for (let view = 0; view < documents + scenarios; view++) {
    if (Number.isFinite(scores[view * width])) continue;
    if (view < documents) throw scoreNotFinite("documents", firstDocument + view);
    throw scoreNotFinite("scenarios", firstScenario + view - documents);
  }
}

type RowReader = { read(first: number, count: number, into: Float32Array): void; close(): void };

function openRows(source: VectorSource): RowReader {
  if ("runs" in source) return openVectorReader(source);
  const { dim, rows } = source;
  return {
    read: (first, count, into) => into.set(rows.subarray(first * dim, (first + count) * dim)),
    close: () => undefined,
  };
}
