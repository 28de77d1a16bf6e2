import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { EmbeddingCache, EmbedRequest } from "../../harness/encode/embedding-cache.ts";
import { type EmbeddingCacheOptions, openEmbeddingCache } from "../../harness/encode/shard-cache.ts";
import type { Encoder, TextRole } from "../../harness/encode/types.ts";
import { isGone } from "../../harness/storage/vector-shards.ts";
import { stream } from "./collection.ts";
import { countingEncoder } from "./counting-encoder.ts";

export const TEXTS = Array.from({ length: 20 }, (_, index) => `text ${index}`);
/** Texts of a window in these tests: `TEXTS` make windows of 8, 8 and 4. */
const WINDOW = 8;

export type CacheLab = {
  folder(): string;
  warnings(): readonly string[];
  /** A new cache on the folder, or on a copy of it. */
  open(options?: Partial<EmbeddingCacheOptions>): EmbeddingCache;
  /** Files by their whole path. */
  files(ending?: string, folder?: string): Promise<readonly string[]>;
  /** What is in a folder, by name. */
  contents(folder?: string): Promise<ReadonlyMap<string, string>>;
  /** The folder as it is at this moment, half-written files included: what a killed process leaves. */
  copy(folder?: string): string;
};

/** A folder and its caches, anew for every test. */
export function cacheLab(): CacheLab {
  let root = "";
  let copies = 0;
  let warnings: string[] = [];
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "cache-"));
    warnings = [];
    copies = 0;
  });
  // what an abandoned cache has under way may come back once more
  afterEach(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));
  const folder = () => join(root, "cache");

  async function files(ending = ".arrow", place = folder()): Promise<readonly string[]> {
    const found = await readdir(place, { recursive: true }).catch(() => []);
    return found.filter((file) => file.endsWith(ending)).map((file) => join(place, file));
  }

  return {
    folder,
    files,
    warnings: () => warnings,
    open: (options = {}) =>
      openEmbeddingCache({
        ...{ folder: folder(), windowRows: WINDOW, onWarning: (text: string) => warnings.push(text) },
        ...{ clock: slowClock() },
        ...options,
      }),
    async contents(place = folder()) {
      const found = new Map<string, string>();
      for (const path of await files("", place)) {
        const name = basename(path);
        if (name.endsWith(".arrow") || name.endsWith(".json")) found.set(name, (await readFile(path)).toString("hex"));
      }
      return found;
    },
    copy(from = folder()) {
      copies += 1;
      const place = join(root, `copy-${copies}`);
      copyFolder(from, place);
      return place;
    },
  };
}

/** Not `cpSync`, which fails when a half-written file is renamed meanwhile. */
function copyFolder(from: string, to: string): void {
  mkdirSync(from, { recursive: true });
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(source, target);
    else copyIfThere(source, target);
  }
}

function copyIfThere(source: string, target: string): void {
  try {
    copyFileSync(source, target);
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Every batch has taken a second: it is worth being journalled at once. */
function slowClock(): () => number {
  let now = 0;
  return () => {
    now += 1000;
    return now;
  };
}

export function embedRequest(
  encoder: Encoder,
  texts: readonly string[] = TEXTS,
  role: TextRole = "document",
): EmbedRequest {
  return { encoder, role, count: texts.length, texts: stream(texts) };
}

/** What the encoder itself says, text by text. */
export async function fresh(texts: readonly string[] = TEXTS, role: TextRole = "document"): Promise<number[]> {
  return [...(await countingEncoder().encode(texts, role)).vectors];
}
