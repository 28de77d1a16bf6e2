import { HarnessError } from "../errors.ts";
import { checkRequest } from "./check-request.ts";
import type { WantedList } from "./faiss-lists.ts";
import type { Cut, SearchRequest } from "./types.ts";

const NOTHING: ReadonlySet<number> = new Set();

/** The lists that a request wants for one query. */
export type QueryLists = {
  /** Of the documents: by sweep, then by cut. */
  readonly documents: readonly WantedList[];
  /** Of the scenarios, by cut. */
  readonly scenarios: readonly WantedList[];
};

export function wantedLists(request: SearchRequest, query: number): QueryLists {
  const { sweeps = [], cuts = [], excluded, scenarios } = request;
  const documents = new Set(excluded?.[query]);
  const owned = new Set<number>();
  for (const document of documents) {
    const end = scenarios?.offsets[document + 1] ?? 0;
    for (let row = scenarios?.offsets[document] ?? 0; row < end; row++) owned.add(row);
  }
  return {
    documents: [
      ...sweeps.map(({ k }) => ({ depth: k, dropped: documents })),
      ...cuts.map((cut) => ({
        depth: depthOf(cut, query).document,
        dropped: cut.excluded === "leave" ? documents : NOTHING,
      })),
    ],
    scenarios: cuts.map((cut) => ({
      depth: depthOf(cut, query).scenario,
      dropped: cut.excluded === "leave" ? owned : NOTHING,
    })),
  };
}

function depthOf({ depths }: Cut, query: number): { readonly document: number; readonly scenario: number } {
  return depths[query] ?? { document: 0, scenario: 0 };
}

/**
 * FAISS finds the heads of both channels and nothing in between, so it can answer cuts, and sweeps over documents alone.
 *
 * @throws {HarnessError} `SPEC_INVALID` for other questions; as `checkRequest`
 */
export function checkFaissRequest(request: SearchRequest): void {
  checkRequest(request);
  const { scenarios, sweeps = [], scores } = request;
  if (scores === true || (scenarios !== undefined && sweeps.length > 0)) {
    throw new HarnessError("SPEC_INVALID", "FAISS finds the heads of both channels, not the scores of all documents.", {
      where: "engine `faiss`",
      hint: "Use a fusion of cut-off lists (`preset: spike-paper`), no scenarios, or another engine.",
    });
  }
  // every document would score 0, and the best ones be those that come first among equals
  const hasNoWeight = sweeps.some(
    ({ missing, weights }) => missing === "zero" && weights.some((w) => w.document === 0),
  );
  if (hasNoWeight) {
    throw new HarnessError("SPEC_INVALID", "a ranking of documents alone needs a document weight above 0.", {
      where: "engine `faiss`",
    });
  }
}
