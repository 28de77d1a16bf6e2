import type { QueryId } from "../../domain/ids.ts";
import type { Run } from "../../domain/run.ts";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import { boundedMap } from "../../runtime/bounded-map.ts";
import { openText } from "../../storage/atomic-write.ts";
import { formatRunLines, type RunReading, readRun } from "../../storage/trec-run.ts";
import type { CellRanking } from "./cell-questions.ts";
import type { CellWork } from "./cell-work.ts";
import { type ChannelWriter, openChannelWriter } from "./channel-scores.ts";

/** Run files of several cells, and the scores by channel of those that fuse, written side by side; all appear together. */
export type RunWriters = {
  write(queryId: QueryId, ranked: CellRanking): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
};

type Files = { readonly run: Awaited<ReturnType<typeof openText>>; readonly channels: ChannelWriter | undefined };

/** Files that are brought to the disk side by side: waiting for it is most of what that takes. */
const COMMITS = 4;

/** @param fuses whether a cell's rankings come with scores by channel */
export async function openRunWriters(
  work: readonly CellWork[],
  { ids, fuses }: Pick<ExperimentPlan, "ids"> & { readonly fuses: (cell: CellWork["cell"]) => boolean },
): Promise<RunWriters> {
  const open = new Map<string, Files>();
  async function abort(): Promise<void> {
    for (const { run, channels } of open.values()) {
      await run.abort();
      await channels?.abort();
    }
  }
  try {
    for (const { cell, layout } of work) {
      const run = await openText(layout.run, { gzip: true });
      open.set(cell.id, { run, channels: undefined });
      if (fuses(cell)) open.set(cell.id, { run, channels: await openChannelWriter(layout.channels) });
    }
  } catch (error) {
    await abort();
    throw error;
  }
  return {
    abort,
    async write(queryId, { cell, ...ranked }) {
      const files = open.get(cell.id);
      await files?.run.write(formatRunLines(queryId, ranked.ranking, { tag: cell.system, ids }));
      if (ranked.fused) await files?.channels?.write(queryId, ranked.ranking);
    },
    async commit() {
      // a cell counts as made by its manifest alone, which is written after all of these
      await boundedMap([...open.values()], COMMITS, async ({ run, channels }) => {
        await channels?.commit();
        await run.commit();
      });
    },
  };
}

/** A cell's run as it was written; without `queries`, all of it. */
export async function readCellRun(
  path: string,
  { ids, queries }: Pick<ExperimentPlan, "ids"> & Pick<RunReading, "queries">,
): Promise<Run> {
  return await readRun(path, { ids: ids === "refuse" ? "as-is" : "percent-decode", queries });
}
