import type { Json } from "../storage/content-hash.ts";
import { answersOf } from "./answers.ts";
import type { ProductBackend } from "./block-product.ts";
import { checkRequest } from "./check-request.ts";
import { type GuessedBars, guessBars, isShort } from "./guess-bars.ts";
import type { PassRunner } from "./pass-runner.ts";
import { type PassPlan, planPasses, tileWidth } from "./plan-passes.ts";
import { startsOf } from "./ranked-lists.ts";
import { type PassQueries, type SearchPass, stopPass } from "./search-pass.ts";
import { sharedFloats, sharedInts, shareRequest } from "./shared-arrays.ts";
import { barOrders } from "./shared-bars.ts";
import type { Engine, SearchRequest } from "./types.ts";

export type ExactEngineOptions = {
  readonly identity: Json;
  readonly tile: ProductBackend["tile"];
  readonly runner: PassRunner;
  readonly maxBytes: number;
};

/** An engine that scores everything, block by block; what multiplies the blocks is up to the runner. */
export function exactEngine({ identity, tile, runner, maxBytes }: ExactEngineOptions): Engine {
  async function* search(request: SearchRequest) {
    checkRequest(request);
    const shared = shareRequest(request);
    const bars = await guessBars(shared, scanAll);
    for await (const answer of scanAll(shared, bars)) {
      if (bars !== undefined && isShort(answer, shared, bars)) {
        yield* scanRest(shared, answer.query);
        return;
      }
      yield answer;
    }
  }

  async function* scanAll(request: SearchRequest, bars?: GuessedBars) {
    const plan = planPasses(request, { threads: runner.threads, maxBytes });
    const total = plan.passes.length * (request.documents.vectors.count + (request.scenarios?.vectors.count ?? 0));
    let done = 0;
    for (const turn of plan.passes) {
      request.signal?.throwIfAborted();
      const width = tileWidth(turn.count, tile);
      const pass = makePass(request, plan, { ...turn, width, bars });
      const parts = await runUnlessAborted(pass, request.signal, (vectors) => {
        done += vectors;
        request.onProgress?.(done, total);
      });
      yield* answersOf(pass, parts, turn.first);
    }
  }

  /** Without guesses, from a query on: a guess was too high, which hardly ever happens. */
  async function* scanRest(request: SearchRequest, first: number) {
    for await (const answer of scanAll(requestFrom(request, first))) yield { ...answer, query: first + answer.query };
  }

  async function runUnlessAborted(pass: SearchPass, signal: AbortSignal | undefined, onBlock: (n: number) => void) {
    const stop = () => stopPass(pass);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      const parts = await runner.run(pass, onBlock);
      signal?.throwIfAborted();
      return parts;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  return { identity, notes: [], search, close: () => runner.close() };
}

/** The request without its first queries. */
function requestFrom(request: SearchRequest, first: number): SearchRequest {
  const { queries, excluded, cuts } = request;
  const { count, dim, rows } = queries;
  return {
    ...request,
    queries: { count: count - first, dim, rows: rows.subarray(first * dim) },
    excluded: excluded?.slice(first),
    cuts: cuts?.map((cut) => ({ ...cut, depths: cut.depths.slice(first) })),
  };
}

type Turn = {
  readonly first: number;
  readonly count: number;
  readonly width: number;
  readonly bars: GuessedBars | undefined;
};

function makePass(request: SearchRequest, { blocks, blockRows }: PassPlan, turn: Turn): SearchPass {
  const { documents, scenarios, sweeps = [], cuts = [], scores } = request;
  const { first, count, bars } = turn;
  const channelScores = (rows: number) => sharedFloats(count * rows);
  return {
    documents,
    scenarios,
    queries: passQueries(request, turn),
    blocks,
    blockRows,
    excluded: passExclusions(request, turn),
    sweeps: sweeps.map((sweep, index) => {
      const [from, to] = [first * sweep.weights.length, (first + count) * sweep.weights.length];
      const start = bars?.[index]?.subarray(from, to) ?? new Float64Array(to - from).fill(-Infinity);
      return { sweep, bars: barOrders(start) };
    }),
    cuts: cuts.map((cut) => ({ ...cut, depths: cut.depths.slice(first, first + count) })),
    scores:
      scores === true
        ? { document: channelScores(documents.vectors.count), scenario: channelScores(scenarios?.vectors.count ?? 0) }
        : undefined,
    next: sharedInts(new Int32Array(1)),
  };
}

function passQueries({ queries }: SearchRequest, { first, count, width }: Turn): PassQueries {
  const { dim, rows } = queries;
  const tiles = sharedFloats(Math.ceil(count / width) * width * dim);
  tiles.set(rows.subarray(first * dim, (first + count) * dim));
  return { count, dim, width, tiles };
}

function passExclusions({ excluded = [] }: SearchRequest, { first, count }: Turn): SearchPass["excluded"] {
  const own = Array.from({ length: count }, (_, query) => excluded[first + query] ?? new Int32Array(0));
  const starts = startsOf(Int32Array.from(own, ({ length }) => length));
  const rows = new Int32Array(starts.at(-1) ?? 0);
  for (const [query, list] of own.entries()) rows.set(list, starts[query]);
  return { starts, rows };
}
