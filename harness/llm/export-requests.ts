import { batchRequests, type RequestJob } from "./batch-requests.ts";
import { type AskedTotals, countTotals } from "./completion-totals.ts";
import type { RequestFolder } from "./request-folder.ts";
import type { ChatClient } from "./types.ts";

export type ExportJob = Omit<RequestJob, "onKept"> & {
  readonly client: ChatClient;
  /** USD before the job. */
  readonly spent?: number | undefined;
  readonly say: (line: string) => void;
};

/**
 * Writes the requests that `completeBatches` would hand in, and asks nothing.
 *
 * @returns the prompts that were written as under way
 * @throws {HarnessError} as `RequestFolder.add`
 */
export async function exportRequests(job: ExportJob, folder: RequestFolder): Promise<AskedTotals> {
  const totals = countTotals(job.client, job.spent ?? 0);
  const requests = { ...job, onKept: () => totals.keep() };
  const files = await folder.add(job.client.identity, (limit) => batchRequests(requests, limit));
  const [first, last] = [files[0]?.file, files.at(-1)?.file];
  const underWay = files.reduce((sum, file) => sum + file.requests, 0);
  if (first !== undefined && last !== undefined) {
    const { model, servedModel = model } = job.options;
    const named = servedModel === "*" ? "" : ` Every answer has to name its model \`${servedModel}\`.`;
    const names = first === last ? first : `${first} to ${last}`;
    job.say(`${folder.path}: ${names}, ${underWay} requests to model \`${model}\`.${named}`);
  }
  return { ...totals.now(), underWay };
}
