import type { LinePlace } from "../storage/text-lines.ts";
import type { ScenarioEntry } from "./scenario-entry.ts";

/** Where a source may be read from; only places that the source has told itself. `line` ascends with them. */
export type EntryPlace = LinePlace;

/** Entries that follow each other, and where the first of them stands. */
export type EntryBatch = { readonly place: EntryPlace; readonly entries: readonly ScenarioEntry[] };

/** Entries in any order that can be read again and again: more than memory holds are never there at once. */
export type EntrySource = {
  /** A new pass, from the start or a place on. Where batches end may depend on where it begins. */
  read(from?: EntryPlace): AsyncIterable<EntryBatch>;
};

/** A stretch of a source: the batches from `from` on that begin before line `endLine`. */
export type EntrySpan = { readonly from: EntryPlace; readonly endLine: number };

/** All entries, in their order. */
export async function* entriesOf(source: EntrySource): AsyncGenerator<ScenarioEntry> {
  for await (const { entries } of source.read()) yield* entries;
}

/** Reads spans of a source; spans in the order of the source take one pass altogether. */
export type EntryCursor = {
  /** The batches of a span; the first and the last may hold others beside. */
  read(span: EntrySpan): AsyncGenerator<EntryBatch>;
  close(): Promise<void>;
};

/** It stays where it stopped, at a batch that the next span may need too. */
export function openEntryCursor(source: EntrySource): EntryCursor {
  let pass: AsyncIterator<EntryBatch> | undefined;
  let current: EntryBatch | undefined;

  async function close(): Promise<void> {
    const open = pass;
    pass = undefined;
    current = undefined;
    await open?.return?.();
  }

  async function advance(): Promise<void> {
    const next = await pass?.next();
    current = next === undefined || next.done === true ? undefined : next.value;
  }

  return {
    close,
    async *read({ from, endLine }) {
      if (current === undefined || current.place.line > from.line) {
        await close();
        pass = source.read(from)[Symbol.asyncIterator]();
        await advance();
      }
      for (; current !== undefined && current.place.line < endLine; await advance()) yield current;
    },
  };
}
