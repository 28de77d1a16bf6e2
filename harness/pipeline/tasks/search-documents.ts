import type { Search } from "../../retrieve/types.ts";
import type { Task } from "../../tasks/task-manifest.ts";
import type { TaskDone } from "../../tasks/task-records.ts";
import { datasetOf } from "../materials.ts";
import { accountFor, encodingWork } from "../run/encoding-work.ts";
import { cellsOfGroup, passesOf } from "../run/score-group.ts";
import { searchPart } from "./search-part.ts";
import type { TaskSession } from "./task-session.ts";

/** Searches some documents for some queries, for all cells of a group, and leaves what it found beside the manifest. */
export async function searchDocuments(
  task: Extract<Task, { stage: "search" }>,
  number: number,
  { plan, materials, files, workspace, opened: { openRetriever, work } }: TaskSession,
): Promise<TaskDone> {
  const { retriever, dataset, queries, documents, asked } = task;
  const material = datasetOf(dataset, materials);
  const onCorpus = await openRetriever(retriever, material.dataset);
  const scenarios = materials.scenarios.get(dataset) ?? new Map();
  const part = {
    ...{ ...onCorpus, documents, material, hits: plan.hits, signal: workspace.signal },
    queries: material.querySets.get(queries)?.queries.slice(asked.first, asked.end) ?? [],
  };
  const truncated: Search["truncated"][] = [];
  const encoded = await accountFor(
    async () => {
      let sum = 0;
      for (const pass of passesOf(cellsOfGroup(plan, task), { scenarios, plan })) {
        const path = (batch: number) => files.answers(number, { pass: pass.number, batch });
        const found = await searchPart({ ...part, pass, path });
        sum += found.encoded;
        truncated.push(found.truncated);
      }
      return sum;
    },
    work,
    workspace,
  );
  return { encoded, encoding: [...encodingWork(work())], truncated: [...truncated] };
}
