import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../storage/atomic-write.ts";
import { readRecord } from "../storage/json-record.ts";

const recordSchema = z.object({
  schema: z.literal(1),
  /** Ours, sent along: by it a batch is found again whose number we never learnt. */
  label: z.string(),
  /** The server's; null until it has said it. */
  batchId: z.string().nullable(),
  baseUrl: z.string(),
  /** Keys of its prompts, each with the number of the attempt. */
  requests: z.array(z.tuple([z.string(), z.int().min(0)])),
});

/** A batch that was handed in, or is about to be, and not yet collected. */
export type BatchRecord = z.output<typeof recordSchema>;

/** What is known of batches under way, on disk, so that it outlives the process. */
export type BatchRecords = {
  all(): Promise<readonly BatchRecord[]>;
  save(record: BatchRecord): Promise<void>;
  remove(record: BatchRecord): Promise<void>;
};

/** @param folder that of the client's journal */
export function batchRecords(folder: string): BatchRecords {
  const place = join(folder, "batches");
  const path = ({ label }: Pick<BatchRecord, "label">) => join(place, `${label}.json`);
  return {
    async all() {
      const names = await readdir(place).catch((): string[] => []);
      const files = names.filter((name) => name.endsWith(".json")).sort();
      const records = await Promise.all(files.map((name) => readRecord(join(place, name), recordSchema)));
      return records.filter((record) => record !== undefined);
    },
    save: (record) => writeFileAtomic(path(record), `${JSON.stringify(record)}\n`),
    remove: (record) => rm(path(record), { force: true }),
  };
}
