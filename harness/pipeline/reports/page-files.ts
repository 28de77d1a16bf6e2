import { readdir, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { z } from "zod";
import type { EncodingWork } from "../../domain/encoding-work.ts";
import type { ExperimentResult } from "../../domain/result.ts";
import type { RenderedPage } from "../../report/page/render-page.ts";
import { isTemporary, writeFileAtomic } from "../../storage/atomic-write.ts";
import { hashBytes, hashFile, hashJson, type Json } from "../../storage/content-hash.ts";
import { readRecord } from "../../storage/json-record.ts";
import type { ExperimentLayout } from "../../storage/layout.ts";

/** Raised when the same result would give another page. */
const PAGE_SCHEMA = 1;

const recordSchema = z.object({
  key: z.string(),
  /** sha256 of the page's files, by path from the report's folder with `/`. */
  sha256: z.record(z.string(), z.string()),
});

type PageContent = {
  readonly result: ExperimentResult;
  /** Key of the excerpts; undefined where there are none. */
  readonly excerpts: string | undefined;
  readonly work: readonly EncodingWork[] | undefined;
};

/** What a page is known by. */
export function pageKey({ result, excerpts, work }: PageContent): string {
  return hashJson({ schema: PAGE_SCHEMA, result: result.id, excerpts, work: work as unknown as Json });
}

/** Whether all files of a page with this key are there as they were written. */
export async function isPageCurrent({ pageRecord, reportFolder }: ExperimentLayout, key: string): Promise<boolean> {
  const record = await readRecord(pageRecord, recordSchema);
  if (record?.key !== key) return false;
  for (const [name, digest] of Object.entries(record.sha256)) {
    if ((await hashFile(join(reportFolder, name)).catch(() => undefined)) !== digest) return false;
  }
  return true;
}

/**
 * Writes the files of a page, removes those of an earlier one, and last its record. What another process is writing there
 * meanwhile stays: the same run may be under way twice.
 *
 * @throws {HarnessError} `NOT_WRITABLE`, `DISK_FULL`
 */
export async function writePageFiles(layout: ExperimentLayout, key: string, page: RenderedPage): Promise<void> {
  const files = new Map([
    ...Array.from(page.charts, ([name, text]) => [join(layout.chartFolder, name), text] as const),
    ...Array.from(page.queries, ([name, text]) => [join(layout.queryFolder, name), text] as const),
    [layout.pageFile, page.index] as const,
  ]);
  for (const [path, text] of files) await writeFileAtomic(path, text);
  for (const folder of [layout.chartFolder, layout.queryFolder]) {
    const paths = (await readdir(folder).catch(() => [])).map((name) => join(folder, name));
    const earlier = paths.filter((path) => !files.has(path) && !isTemporary(path));
    for (const path of earlier) await rm(path, { recursive: true, force: true });
  }
  const sha256 = Object.fromEntries(
    Array.from(files, ([path, text]) => [relative(layout.reportFolder, path).replaceAll("\\", "/"), hashBytes(text)]),
  );
  await writeFileAtomic(layout.pageRecord, `${JSON.stringify({ key, sha256 }, undefined, 2)}\n`);
}
