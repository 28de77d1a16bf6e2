import { HarnessError } from "../errors.ts";
import { createTextHash } from "../storage/content-hash.ts";
import { type EntryCursor, type EntrySource, openEntryCursor } from "./entry-source.ts";
import {
  addTo,
  type Portion,
  type Reading,
  type Scenario,
  type Scenarios,
  type Survey,
  scenarioOf,
} from "./survey-entries.ts";

/** The scenarios of some documents that follow each other. */
type ReadPortion = { readonly portion: Portion; readonly scenarios: Scenarios };

/** Reads a scenario set portion by portion, as often as it is wanted. */
export type PortionReader = {
  /**
   * From the portion that holds a document on.
   *
   * @throws {HarnessError} `DATA_INVALID` when a portion is not what it was when it was read before; as the source
   */
  read(document: number): AsyncGenerator<ReadPortion>;
};

/** What is held is not read again. */
export function openPortionReader(
  source: EntrySource,
  { portions, held }: Pick<Survey, "portions" | "held">,
  reading: Reading,
): PortionReader {
  /** Of portions that were read. */
  const digests = new Map<Portion, string>();

  function requireSame(portion: Portion, scenarios: Scenarios): void {
    const digest = digestOf(scenarios);
    if (digest === (digests.get(portion) ?? digest)) digests.set(portion, digest);
    else {
      throw new HarnessError("DATA_INVALID", "expected the scenarios to stay as they are, found them changed.", {
        hint: "Run again, and leave the scenario set as it is meanwhile.",
      });
    }
  }

  return {
    async *read(document) {
      const wanted = portions.filter(({ end }) => end > document);
      if (held !== undefined) {
        for (const portion of wanted) yield { portion, scenarios: held };
        return;
      }
      const cursor = openEntryCursor(source);
      try {
        for (const portion of wanted) {
          const scenarios = await gather(portion, cursor, reading);
          requireSame(portion, scenarios);
          yield { portion, scenarios };
        }
      } finally {
        await cursor.close();
      }
    },
  };
}

async function gather(
  { first, end, span }: Portion,
  cursor: EntryCursor,
  { rows, options }: Reading,
): Promise<Scenarios> {
  const scenarios = new Map<number, Scenario[]>();
  for await (const { entries } of cursor.read(span)) {
    for (const entry of entries) {
      const row = rows.get(entry.docId) ?? -1;
      const scenario = row >= first && row < end ? scenarioOf(entry, options) : undefined;
      if (scenario !== undefined) addTo(scenarios, row, scenario);
    }
  }
  return scenarios;
}

function digestOf(scenarios: Scenarios): string {
  const hash = createTextHash();
  for (const [row, own] of scenarios) {
    for (const { pieces, noise } of own) hash.add(String(row), String(noise), ...pieces.map((piece) => piece ?? ""));
  }
  return hash.digest();
}
