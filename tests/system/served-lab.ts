import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { createEncoder } from "../../harness/encode/registry.ts";
import type { TextRole } from "../../harness/encode/types.ts";
import { vectorKeys } from "../../harness/encode/vector-key.ts";

import { hashBytes } from "../../harness/storage/content-hash.ts";
import { listShards } from "../../harness/storage/shard-folder.ts";
import { KEY_BYTES } from "../../harness/storage/shard-layout.ts";
import { isGone, verifyShard } from "../../harness/storage/vector-shards.ts";
import { spikebench } from "../cli/spikebench.ts";
import { collection, searched } from "../encode/collection.ts";
import type { LoggedRequest } from "../encode/openai-process.ts";
import { filesBelow, type Lab, openLab } from "../pipeline/workspace.ts";

/** Texts of a request, and requests under way at once. */
const REQUEST_TEXTS = 16;
const REQUESTS_AT_ONCE = 4;
/** Texts that are encoded together and stored together. */
export const BATCH_TEXTS = REQUEST_TEXTS * REQUESTS_AT_ONCE;

export type ServedTexts = {
  readonly documents: readonly string[];
  readonly scenarios: readonly string[];
  readonly queries: readonly string[];
};

/** Texts of 1 to 40 words of a fixed sequence, no two of them alike. */
export function servedTexts(counts: Readonly<Record<keyof ServedTexts, number>>): ServedTexts {
  const make = (name: string, count: number) =>
    Array.from({ length: count }, (_, row) => {
      const words = Array.from({ length: (row * 7) % 40 }, (_, word) => `w${((row + 1) * (word + 7) * 7919) % 1009}`);
      return [`${name}${row}`, ...words].join(" ");
    });
  return {
    documents: make("document", counts.documents),
    scenarios: make("scenario", counts.scenarios),
    queries: make("query", counts.queries),
  };
}

export type ServedOptions = {
  readonly port: number | undefined;
  /** Further options of the encoder, as YAML flow entries. */
  readonly encoder?: string;
};

/** A lab whose one retriever asks the stand-in for vectors of 16 dimensions. */
export async function openServedLab(folder: string, texts: ServedTexts, options: ServedOptions): Promise<Lab> {
  const { documents, scenarios, queries } = texts;
  return await openLab(folder, {
    experiment: experimentOf(options),
    dataset: {
      corpus: documents.map((text, row) => ({ _id: `d${row}`, text })),
      queries: queries.map((text, row) => ({ _id: `q${row}`, text })),
      qrels: queries.map((_, row) => [`q${row}`, `d${row}`, 1] as const),
    },
    scenarios: scenarios.map((text, row) => ({ _id: `d${row}`, text })),
  });
}

/** The run file of a served lab. */
function experimentOf({ port, encoder = "" }: ServedOptions): string {
  const batches = `batchSize: ${REQUEST_TEXTS}, concurrency: ${REQUESTS_AT_ONCE}`;
  const served = `kind: openai, model: words, dimensions: 16, ${batches}, baseUrls: ["http://127.0.0.1:${port}/v1"]`;
  return `version: 1
name: small
retrievers:
  served: {kind: dense, encoder: {${served}${encoder}}}
scenarios:
  rewrites: {kind: file, path: scenarios.jsonl}
matrix: {retriever: [served], dataset: [library], scenarios: [rewrites], alpha: [0.5]}
comparison: {alpha: 0.5}
measures: [nDCG@10]
hits: 100
`;
}

/** The command of every served lab. */
export const RUN = ["run", "experiment.yaml", "--data", "library=data", "--out", "out", "--format", "json"];

export const runServed = (lab: Lab) => spikebench(RUN, { cwd: lab.folder });

/** They quote the run file, which names the port of the lab's own server. */
const QUOTES_RUN_FILE = /(^|\/)(index\.html|page\.json|excerpts\.jsonl\.gz)$/;

/**
 * Results and vectors under the names that a run gives them, so without what a killed one left behind, each with the
 * sha256 of its bytes. Labs of different servers can be compared.
 */
export async function finalFiles(lab: Lab): Promise<ReadonlyMap<string, string>> {
  const files = [];
  // how fast an encoder was is kept in the cache too, and is never the same
  for (const part of ["out", join("cache", "vectors")]) {
    for (const [name, bytes] of await filesBelow(join(lab.folder, part))) {
      if (name.endsWith(".tmp") || QUOTES_RUN_FILE.test(name)) continue;
      files.push([join(part, name), hashBytes(Buffer.from(bytes, "base64"))] as const);
    }
  }
  return new Map(files);
}

/** Where the vectors of the lab's encoder lie, in a lab that has used one only. */
export async function vectorsOf(lab: Lab): Promise<string> {
  const root = join(lab.folder, "cache", "vectors");
  const names = await readdir(root);
  expect(names).toHaveLength(1);
  return join(root, names[0] ?? "");
}

/** Texts in the order in which they were asked for. */
export function askedFor(log: readonly LoggedRequest[]): readonly string[] {
  return log.flatMap(({ input }) => input);
}

/** Finds out which texts have a vector in a folder, all of whose shards have to be sound. */
export async function durableTexts(texts: ServedTexts): Promise<(folder: string) => Promise<ReadonlySet<string>>> {
  const fragment = { kind: "openai", model: "words", dimensions: 16, baseUrls: ["http://127.0.0.1:1/v1"] };
  const encoder = await createEncoder(fragment, { folder: "." }).open(searched(collection([])));
  const textOf = new Map<string, string>();
  const roles: readonly (readonly [TextRole, readonly string[]])[] = [
    ["document", texts.documents],
    ["scenario", texts.scenarios],
    ["query", texts.queries],
  ];
  for (const [role, some] of roles) {
    const keyOf = vectorKeys(encoder, role);
    for (const text of some) textOf.set(keyOf({ id: "", text }), text);
  }
  async function read(folder: string): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (const { path } of await listShards(folder)) {
      const { keys } = await verifyShard(path);
      for (let at = 0; at < keys.length; at += KEY_BYTES) {
        const key = Buffer.from(keys.buffer, keys.byteOffset + at, KEY_BYTES).toString("latin1");
        found.add(textOf.get(key) ?? expect.fail("a key of no text"));
      }
    }
    return found;
  }
  return async (folder) => {
    for (;;) {
      const found = await read(folder).catch((cause: unknown) => {
        if (!isGone(cause)) throw cause;
      });
      // a shard that goes while we look has been put into another one
      if (found !== undefined) return found;
    }
  };
}
