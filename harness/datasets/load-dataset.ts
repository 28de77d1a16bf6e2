import { type Dataset, type DatasetPrompts, NO_PROMPTS } from "../domain/dataset.ts";
import type { DocId } from "../domain/ids.ts";
import type { Policy } from "../domain/policy.ts";
import type { Qrels } from "../domain/qrels.ts";
import type { View, ViewCollection } from "../domain/view.ts";
import { HarnessError } from "../errors.ts";
import { createTextHash } from "../storage/content-hash.ts";
import type { Card } from "./card.ts";
import type { DatasetFormat, LocalFiles, RawDataset, RawDocument } from "./types.ts";

export type LoadOptions = {
  readonly id: string;
  readonly format: DatasetFormat;
  readonly files: LocalFiles;
  /** Judgements to use instead of the dataset's own. */
  readonly qrels?: Qrels | undefined;
  readonly policy: Policy;
  /** `NO_PROMPTS` unless told. */
  readonly prompts?: DatasetPrompts | undefined;
  readonly counts?: Card["counts"] | undefined;
  /** What the card wants said in every report. */
  readonly notes?: Card["notes"];
  readonly origin?: Dataset["origin"];
  /** Judgements of unknown documents, and judged queries without a text, are errors instead of notes. */
  readonly strict: boolean;
};

/**
 * Reads a dataset and checks it: ids unique, corpus not empty, judgements and exclusions against the corpus, counts
 * against the card. What is odd but usable is kept, counted and noted.
 *
 * @throws {HarnessError} `EMPTY_CORPUS`, `DUPLICATE_ID`, `UNKNOWN_DOCUMENT` (strict), `DATA_INVALID`, and as the format's reader
 */
export async function loadDataset(options: LoadOptions): Promise<Dataset> {
  const { id, format, files, policy, prompts = NO_PROMPTS, counts, notes = [], origin = [], strict } = options;
  const own = await format.read(files);
  const raw = options.qrels === undefined ? own : { ...own, qrels: options.qrels };
  const scan = await scanCorpus(raw, policy);
  const known = scan.known;
  const doubts = [...judgementDoubts(raw, known), ...queryDoubts(raw)];
  if (strict && doubts[0] !== undefined) {
    throw new HarnessError("UNKNOWN_DOCUMENT", `dataset \`${id}\`: ${doubts[0]}`, {
      where: raw.where,
      hint: "Mend the files, or run without `--strict`.",
    });
  }
  checkQueries(id, raw);
  checkCounts(id, own, scan.docIds.length, counts);
  const corpus: ViewCollection = {
    contentHash: scan.contentHash,
    count: scan.docIds.length,
    views: () => streamBodies(raw, policy),
  };
  return {
    id,
    docIds: scan.docIds,
    corpus,
    queries: raw.queries,
    qrels: raw.qrels,
    policy,
    prompts,
    origin,
    notes: [...notes, ...raw.notes, ...scan.notes, ...doubts, ...exclusionNotes(raw, known)],
  };
}

type CorpusScan = {
  readonly docIds: DocId[];
  /** The same ids; made once, because a set of a million ids is no small thing. */
  readonly known: ReadonlySet<DocId>;
  readonly contentHash: string;
  readonly notes: readonly string[];
};

async function scanCorpus(raw: RawDataset, policy: Policy): Promise<CorpusScan> {
  const docIds: DocId[] = [];
  const seen = new Set<DocId>();
  const hash = createTextHash();
  let empty = 0;
  for await (const batch of raw.documents()) {
    for (const document of batch) {
      if (seen.has(document.id)) {
        throw new HarnessError("DUPLICATE_ID", `document \`${document.id}\` stands in the corpus twice.`, {
          where: document.where,
          hint: "Document ids must be unique.",
        });
      }
      seen.add(document.id);
      docIds.push(document.id);
      const { title, text } = body(document, policy);
      if (title.trim() === "" && text.trim() === "") empty += 1;
      hash.add(document.id, title, text);
    }
  }
  if (docIds.length === 0) {
    throw new HarnessError("EMPTY_CORPUS", "expected at least one document, found none.", { where: raw.where });
  }
  const notes = empty === 0 ? [] : [`${empty} documents have no text; they are kept.`];
  return { docIds, known: seen, contentHash: hash.digest(), notes };
}

async function* streamBodies(raw: RawDataset, policy: Policy): AsyncGenerator<View> {
  for await (const batch of raw.documents()) {
    for (const document of batch) yield body(document, policy);
  }
}

function body({ id, title, text }: RawDocument, { docText }: Policy): View {
  return { id, title: docText === "text" ? "" : title, text };
}

function judgementDoubts({ qrels }: RawDataset, known: ReadonlySet<DocId>): readonly string[] {
  const unknown = Array.from(qrels.values(), (judgements) =>
    [...judgements.keys()].filter((id) => !known.has(id)),
  ).flat();
  if (unknown.length === 0) return [];
  return [`${unknown.length} judgements name documents that are not in the corpus, e.g. \`${unknown[0]}\`.`];
}

function queryDoubts({ qrels, queries }: RawDataset): readonly string[] {
  const withText = new Set(queries.map(({ id }) => id));
  const lost = [...qrels.keys()].filter((id) => !withText.has(id));
  if (lost.length === 0) return [];
  return [`${lost.length} judged queries have no text and count as missing, e.g. \`${lost[0]}\`.`];
}

function exclusionNotes({ queries, qrels }: RawDataset, known: ReadonlySet<DocId>): readonly string[] {
  const excluded = queries.flatMap((query) => query.excluded.map((docId) => ({ query, docId })));
  const unknown = excluded.filter(({ docId }) => !known.has(docId)).length;
  const gold = excluded.filter(({ query, docId }) => (qrels.get(query.id)?.get(docId) ?? 0) > 0).length;
  const affected = queries.filter((query) => query.excluded.length > 0).length;
  return [
    ...(affected === 0 ? [] : [`${affected} queries exclude ${excluded.length} documents in all.`]),
    ...(unknown === 0 ? [] : [`${unknown} exclusions name documents that are not in the corpus.`]),
    ...(gold === 0 ? [] : [`${gold} exclusions name documents that are relevant to the same query.`]),
  ];
}

/** Without a judged query that has a text there is nothing to run and nothing to average over. */
function checkQueries(id: string, { queries, qrels, where }: RawDataset): void {
  if (queries.length > 0 && [...qrels.values()].some(({ size }) => size > 0)) return;
  const found = qrels.size === 0 ? "the qrels are empty" : "none of the judged queries has a text";
  throw new HarnessError("DATA_INVALID", `dataset \`${id}\`: expected a query with a text and a judgement; ${found}.`, {
    where,
    hint: "Check that the query file and the qrels belong together.",
  });
}

function checkCounts(id: string, raw: RawDataset, documents: number, counts: Card["counts"] | undefined): void {
  const judgements = [...raw.qrels.values()].reduce((sum, judged) => sum + judged.size, 0);
  const found = { documents, queries: raw.qrels.size, judgements };
  for (const name of ["documents", "queries", "judgements"] as const) {
    const expected = counts?.[name];
    if (expected === undefined || expected === found[name]) continue;
    throw new HarnessError("DATA_INVALID", `dataset \`${id}\`: expected ${expected} ${name}, found ${found[name]}.`, {
      where: raw.where,
      hint: "The files are not those that the card describes.",
    });
  }
}
