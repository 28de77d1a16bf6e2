import { docId } from "../../domain/ids.ts";
import type { Judgements, Qrels } from "../../domain/qrels.ts";
import type { ExperimentResult } from "../../domain/result.ts";
import type { View } from "../../domain/view.ts";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import { cutText } from "../../report/page/cut-text.ts";
import type { Provenance, ShownRow, TextCuts } from "../../report/page/page-source.ts";
import { shownDocuments } from "../../report/page/shown-documents.ts";
import { openText } from "../../storage/atomic-write.ts";
import { hashJson } from "../../storage/content-hash.ts";
import type { DatasetMaterial, Materials, ScenarioMaterial } from "../materials.ts";
import { EXCERPTS_SCHEMA, type ExcerptLine, type ExcerptsHead, readExcerptsHead } from "./excerpt-lines.ts";

/** Enough to recognise a text by; whole queries, but for the longest. UTF-16 units. */
const CUT: TextCuts = { queries: 2_000, documents: 300, scenarios: 400 };

export type ExcerptSource = {
  readonly result: ExperimentResult;
  readonly ids: ExperimentPlan["ids"];
  readonly materials: Materials;
  readonly version: string;
  readonly runFile: NonNullable<Provenance["runFile"]>;
};

/**
 * Writes the texts that a page of the result shows, so that it can be made again without the data. A file that holds them
 * already is left alone: the corpus is not read again.
 *
 * @throws {HarnessError} `NOT_WRITABLE`, `DISK_FULL`, and whatever is wrong with the corpus
 */
export async function writeExcerpts(path: string, source: ExcerptSource, rows: readonly ShownRow[]): Promise<void> {
  const head = excerptsHead(source);
  if ((await readExcerptsHead(path))?.key === head.key) return;
  const writer = await openText(path, { gzip: true });
  try {
    await writer.write(lineText(head));
    for await (const line of linesOf(source, rows)) await writer.write(lineText(line));
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** Positive judgements alone: what a page marks, and what recall is made of. */
export function positiveGrades(qrels: Qrels): Qrels {
  const positive = (judgements: Judgements) => new Map([...judgements].filter(([, grade]) => grade > 0));
  return new Map(Array.from(qrels, ([query, judgements]) => [query, positive(judgements)]));
}

/** The first line of the file, which is known before any ranking is read. */
export function excerptsHead({ result, ids, version, runFile, materials }: ExcerptSource): ExcerptsHead {
  const sets = Array.from(materials.datasets.values(), ({ dataset, querySets }) =>
    Array.from(querySets, ([name, { hash }]) => [dataset.id, name, hash]),
  );
  const content = { result: result.id, version, ids, runFile: { ...runFile }, cut: { ...CUT } };
  const key = hashJson({ ...content, schema: EXCERPTS_SCHEMA, sets });
  return { kind: "excerpts", schemaVersion: EXCERPTS_SCHEMA, key, ...content };
}

async function* linesOf({ materials }: ExcerptSource, rows: readonly ShownRow[]): AsyncGenerator<ExcerptLine> {
  for (const [dataset, material] of materials.datasets) {
    const qrels = positiveGrades(material.dataset.qrels);
    yield* queryLines(material, qrels);
    const own = rows.filter((row) => row.dataset === dataset);
    const wanted = shownDocuments(own, qrels);
    for await (const view of material.dataset.corpus.views()) {
      if (!wanted.documents.has(docId(view.id))) continue;
      yield { kind: "document", dataset, id: view.id, text: cutText(headed(view), CUT.documents) };
    }
    for (const [set, scenarios] of materials.scenarios.get(dataset) ?? []) {
      yield* scenarioLines(scenarios, { dataset, set, ids: wanted.scenarios.get(set) ?? new Set() });
    }
  }
}

function* queryLines({ dataset, querySets }: DatasetMaterial, qrels: Qrels): Generator<ExcerptLine> {
  for (const [querySet, { queries }] of querySets) {
    for (const { id, text } of queries) {
      const gold = [...(qrels.get(id) ?? [])];
      yield { kind: "query", dataset: dataset.id, querySet, id, text: cutText(text, CUT.queries), gold };
    }
  }
}

type WantedScenarios = { readonly dataset: string; readonly set: string; readonly ids: ReadonlySet<string> };

async function* scenarioLines(
  { set: { views } }: ScenarioMaterial,
  { dataset, set, ids }: WantedScenarios,
): AsyncGenerator<ExcerptLine> {
  for await (const { id, text } of views.views()) {
    if (ids.has(id)) yield { kind: "scenario", dataset, set, id, text: cutText(text, CUT.scenarios) };
  }
}

/** For people, so that a title does not run into the text; what is indexed joins them by a space. */
function headed({ title, text }: View): string {
  return title === "" ? text : `${title} — ${text}`;
}

function lineText(line: ExcerptLine): string {
  return `${JSON.stringify(line)}\n`;
}
