import type { Dataset } from "../../domain/dataset.ts";
import { readThroughput } from "../../encode/throughput.ts";
import type { Encoder } from "../../encode/types.ts";
import { encoderRecord } from "../../encode/vector-key.ts";
import type { OpenedRetriever } from "../../retrieve/types.ts";
import type { Task, TextRange } from "../../tasks/task-manifest.ts";
import { datasetOf } from "../materials.ts";
import type { KeyContext } from "../run/cell-keys.ts";
import { cutRanges } from "./cut-ranges.ts";
import { type Prepared, pairKey, searchedPairs } from "./search-groups.ts";

const MINUTES = 10;
/** Texts of a task where no speed is known, and what a task's texts are a multiple of: those of a file of vectors. */
const FIRST_TEXTS = 16_384;
const STEP_TEXTS = 4_096;

type EncodingSizes = { readonly textsPerTask: number | undefined; readonly cache: string };

/** Retrievers that have an encoder in common share its vectors. */
export async function encodingTasks(context: KeyContext, sizes: EncodingSizes): Promise<Prepared> {
  const { plan, materials, openRetriever } = context;
  const tasks: Task[] = [];
  const needs = new Map<string, readonly number[]>();
  const shared = new Map<string, readonly number[]>();
  for (const { retriever, dataset: id } of searchedPairs(plan)) {
    const { dataset } = datasetOf(id, materials);
    const { opened } = await openRetriever(retriever, dataset);
    if (opened.vectors === undefined) continue;
    const collections = askedCollections({ retriever, dataset }, context);
    const { encoder, storage } = opened.vectors;
    const key = JSON.stringify([encoderRecord(encoder, storage).folder, encoder.forms, id, collections]);
    const known = shared.get(key);
    const ranges = known === undefined ? cutRanges(collections, await textsOfTask(opened, encoder, sizes)) : [];
    const own = known ?? ranges.map((_, at) => tasks.length + at);
    tasks.push(
      ...ranges.map((cut): Task => ({ stage: "encode", retriever, dataset: id, ranges: [...cut], needs: [] })),
    );
    shared.set(key, own);
    needs.set(pairKey(retriever, id), own);
  }
  return { tasks, needs };
}

/** Vectors that are only looked up by id are not worth sharing out: every task would read all files. */
async function textsOfTask(
  { vectors }: Pick<OpenedRetriever, "vectors">,
  encoder: Encoder,
  { textsPerTask, cache }: EncodingSizes,
): Promise<number> {
  if (vectors?.encoder.reads === "id") return Number.MAX_SAFE_INTEGER;
  if (textsPerTask !== undefined) return textsPerTask;
  const speed = await readThroughput(cache, encoder);
  const texts = speed === undefined ? FIRST_TEXTS : speed.textsPerSecond * 60 * MINUTES;
  return Math.max(1, Math.ceil(texts / STEP_TEXTS)) * STEP_TEXTS;
}

/** Everything of a dataset that a retriever is to have vectors of. */
function askedCollections(
  { retriever, dataset }: { readonly retriever: string; readonly dataset: Dataset },
  { plan, materials }: KeyContext,
): readonly TextRange[] {
  const axes = plan.cells
    .map((cell) => cell.axes)
    .filter((one) => one.retriever === retriever && one.dataset === dataset.id);
  const { querySets } = datasetOf(dataset.id, materials);
  const scenarios = materials.scenarios.get(dataset.id);
  return [
    { role: "document", set: null, first: 0, end: dataset.corpus.count },
    ...[...new Set(axes.map((one) => one.scenarios))].flatMap((set): readonly TextRange[] =>
      set === null ? [] : [{ role: "scenario", set, first: 0, end: scenarios?.get(set)?.set.views.count ?? 0 }],
    ),
    ...[...new Set(axes.map((one) => one.queries))].map(
      (set): TextRange => ({ role: "query", set, first: 0, end: querySets.get(set)?.queries.length ?? 0 }),
    ),
  ];
}
