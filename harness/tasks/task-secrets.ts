import { dirname } from "node:path";
import { z } from "zod";
import { writeFileAtomic } from "../storage/atomic-write.ts";
import { readRecord } from "../storage/json-record.ts";
import { type TaskLayout, taskLayout } from "../storage/layout.ts";

const OWNER_ONLY = 0o600;

/** Leaves keys of servers for tasks on other machines, in a file that only its owner may read. */
export async function writeSecrets({ secrets }: TaskLayout, keys: ReadonlyMap<string, string>): Promise<void> {
  if (keys.size > 0) await writeFileAtomic(secrets, `${JSON.stringify(Object.fromEntries(keys))}\n`, OWNER_ONLY);
}

/** Keys by the names of their variables; none where there is no file. @param manifest its path */
export async function readSecrets(manifest: string): Promise<ReadonlyMap<string, string>> {
  const keys = await readRecord(taskLayout(dirname(manifest)).secrets, z.record(z.string(), z.string()));
  return new Map(Object.entries(keys ?? {}));
}
