import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { HarnessError } from "../errors.ts";
import { writeFileAtomic } from "../storage/atomic-write.ts";
import { hashBytes, type Json } from "../storage/content-hash.ts";
import { fileError } from "../storage/file-error.ts";
import { MOST_REQUESTS, type RequestFile } from "./batch-requests.ts";

const MANIFEST = "manifest.json";

/** A file of requests: its name in the folder, and what it holds. */
type WrittenFile = {
  readonly file: string;
  readonly requests: number;
  readonly bytes: number;
  readonly sha256: string;
};

/** A folder that requests are written into, for somebody else to ask. */
export type RequestFolder = {
  readonly path: string;
  /**
   * Writes requests to one client as `requests-N.jsonl`, counted from 0 through the folder, and what they are into
   * `manifest.json`, which is there once they all are.
   *
   * @throws {HarnessError} `NOT_WRITABLE`, `DISK_FULL`
   */
  add(client: Json, files: (limit: number | undefined) => AsyncIterable<RequestFile>): Promise<readonly WrittenFile[]>;
};

/**
 * Takes an empty folder, or makes one with the first request.
 *
 * @param requestsPerFile at most; 1 to 50,000
 * @throws {HarnessError} `USAGE` for a folder that holds something: its requests may be on their way
 */
export async function openRequestFolder(path: string, requestsPerFile: number | undefined): Promise<RequestFolder> {
  if (requestsPerFile !== undefined && requestsPerFile > MOST_REQUESTS) {
    throw new HarnessError("USAGE", `expected at most ${MOST_REQUESTS} requests a file, got ${requestsPerFile}.`);
  }
  await requireEmpty(path);
  const sets: { readonly client: Json; readonly files: readonly WrittenFile[] }[] = [];
  let number = 0;
  return {
    path,
    async add(client, files) {
      const written: WrittenFile[] = [];
      for await (const { lines } of files(requestsPerFile)) {
        const file = `requests-${number++}.jsonl`;
        const text = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        await writeFileAtomic(join(path, file), text);
        written.push({ file, requests: lines.length, bytes: text.length, sha256: hashBytes(text) });
      }
      if (written.length === 0) return written;
      sets.push({ client, files: written });
      await writeFileAtomic(join(path, MANIFEST), `${JSON.stringify({ schemaVersion: 1, sets }, undefined, 2)}\n`);
      return written;
    },
  };
}

async function requireEmpty(path: string): Promise<void> {
  try {
    if ((await readdir(path)).length === 0) return;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return;
    throw fileError(path, "write", cause);
  }
  throw new HarnessError("USAGE", "expected an empty folder for requests, found files in it.", {
    where: path,
    hint: "Take the answers of its requests first (`--import-batch`), then write what is left into another folder.",
  });
}
