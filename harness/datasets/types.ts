import type { z } from "zod";
import type { Component, Fragment } from "../component.ts";
import type { Document } from "../domain/document.ts";
import type { Qrels } from "../domain/qrels.ts";
import type { Query } from "../domain/query.ts";

/** A dataset as its files say, before any policy is applied. */
export type RawDataset = {
  /** Where a message about the corpus points. */
  readonly where: string;
  /** Streams the corpus in batches; every call is a new pass. Ids may repeat here; the loader refuses that. */
  documents(): AsyncIterable<readonly RawDocument[]>;
  /** The judged queries, in the order of their file. */
  readonly queries: readonly Query[];
  readonly qrels: Qrels;
  /** What the reader dropped or mended, as sentences; whole only after a pass over the documents. */
  readonly notes: readonly string[];
};

export type RawDocument = Document & { readonly where: string };

/** The files of a source by their paths relative to its root, with `/`: of a folder on disk or of a remote tree. */
export type FileListing = {
  /** How messages call the root. */
  readonly where: string;
  readonly paths: readonly string[];
  /** Content of a small text file of the listing, such as a repository's README.md. */
  readText(path: string): Promise<string>;
};

/** Files that are on disk. */
export type LocalFiles = FileListing & {
  /** Absolute path of a file of the listing. */
  absolute(path: string): string;
};

/** Reads one file layout. */
export type DatasetFormat = {
  /**
   * The paths that `read` will need, out of a listing.
   *
   * @throws {HarnessError} `FILE_MISSING` when the listing has no such file, config or split: says which, and what there is
   */
  select(files: FileListing): Promise<readonly string[]>;
  /** How a folder is laid out that is given in place of the source, where that differs: hub layouts are of repositories. */
  readonly asFolder?: Fragment | undefined;
  /** @throws {HarnessError} as `select`, and `DATA_INVALID`, `DUPLICATE_ID` for what the files hold */
  read(files: LocalFiles): Promise<RawDataset>;
};

/** Keeps literal types; one call per format file. */
export function defineFormat<const Kind extends string, Options extends z.ZodType>(
  format: Component<Kind, Options, DatasetFormat>,
): Component<Kind, Options, DatasetFormat> {
  return format;
}
