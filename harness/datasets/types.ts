import type { z } from "zod";
import type { Component } from "../component.ts";
import type { Document } from "../domain/document.ts";
import type { Qrels } from "../domain/qrels.ts";
import type { Query } from "../domain/query.ts";

/** A dataset as its files say, before any policy is applied. */
export type RawDataset = {
  /** Where a message about the corpus points. */
  readonly where: string;
  /** Streams the corpus in batches; every call is a new pass. Ids may repeat here; the loader refuses that. */
  documents(): AsyncIterable<readonly RawDocument[]>;
  readonly queries: readonly Query[];
  readonly qrels: Qrels;
  /** What the reader dropped or mended, as sentences. */
  readonly notes: readonly string[];
};

export type RawDocument = Document & { readonly where: string };

/** Reads one file layout. `folder` is what relative paths of the card refer to. */
export type DatasetFormat = { read(folder: string): Promise<RawDataset> };

/** Keeps literal types; one call per format file. */
export function defineFormat<const Kind extends string, Options extends z.ZodType>(
  format: Component<Kind, Options, DatasetFormat>,
): Component<Kind, Options, DatasetFormat> {
  return format;
}
