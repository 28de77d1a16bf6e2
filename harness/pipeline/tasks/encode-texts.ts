import { sliceViews } from "../../domain/view.ts";
import type { EncodeTask, OpenedRetriever } from "../../retrieve/types.ts";
import type { Task, TextRange } from "../../tasks/task-manifest.ts";
import type { TaskDone } from "../../tasks/task-records.ts";
import { type DatasetMaterial, datasetOf, type Materials } from "../materials.ts";
import { accountFor, encodingWork } from "../run/encoding-work.ts";
import { changed, type TaskSession } from "./task-session.ts";

/** Makes the vectors of some texts, so that nobody has to who needs them later. */
export async function encodeTexts(
  { retriever, dataset: id, ranges }: Extract<Task, { stage: "encode" }>,
  { materials, workspace, opened: { openRetriever, work } }: TaskSession,
): Promise<TaskDone> {
  const material = datasetOf(id, materials);
  const { encode } = (await openRetriever(retriever, material.dataset)).opened;
  const encoded = await accountFor(
    async () => {
      let sum = 0;
      for (const range of ranges) sum += await encodeRange(range, { encode, material, materials, workspace });
      return sum;
    },
    work,
    workspace,
  );
  return { encoded, encoding: [...encodingWork(work())] };
}

type RangeContext = Pick<OpenedRetriever, "encode"> &
  Pick<TaskSession, "materials" | "workspace"> & { material: DatasetMaterial };

async function encodeRange(
  range: TextRange,
  { encode, material, materials, workspace }: RangeContext,
): Promise<number> {
  const task = workspace.progress.start(`encoding ${range.set ?? "documents"}`, range.end - range.first, "texts");
  const watching = { signal: workspace.signal, onProgress: task.update };
  try {
    return (await encode?.({ ...textsOf(range, material, materials), ...watching })) ?? 0;
  } finally {
    task.end();
  }
}

function textsOf(range: TextRange, { dataset, querySets }: DatasetMaterial, { scenarios }: Materials): EncodeTask {
  const { role, set, first, end } = range;
  if (role === "query") {
    return { role, queries: querySets.get(set ?? "")?.queries.slice(first, end) ?? [] };
  }
  const views = role === "document" ? dataset.corpus : scenarios.get(dataset.id)?.get(set ?? "")?.set.views;
  if (views === undefined) throw changed(`scenarios \`${set}\` of \`${dataset.id}\``);
  return { role, views: sliceViews(views, { first, end: Math.min(end, views.count) }) };
}
