import { deflateRawSync } from "node:zlib";
import { cutLine } from "./cut-text.ts";
import type { Excerpts, TextCuts } from "./page-source.ts";
import { type QueryDataSource, type QueryPart, queryParts } from "./query-parts.ts";

/** A part as a page holds it: compressed, in letters that end no element. */
export type PackedPart = { readonly label: string; readonly packed: string };

/** Parts for one page, or for pages of their own where one has no room for all. */
export type PackedQueries = {
  readonly parts: readonly PackedPart[];
  readonly cut: TextCuts;
  readonly isSplit: boolean;
};

/** Characters of documents and scenarios, from the most that excerpts hold to the least that still tells what they are about. */
const LENGTHS = [
  { documents: 300, scenarios: 400 },
  { documents: 200, scenarios: 250 },
  { documents: 150, scenarios: 180 },
  { documents: 110, scenarios: 130 },
] as const;

/** Characters that one of JSON becomes, at the least: English text packs to a third, and base64 adds another. */
const LEAST_SHARE = 0.4;

/** Characters that a part takes beside its data and its label: its elements. */
const AROUND = 100;

/**
 * The query view's data for one page: with texts as long as there is room for, and on pages of their own, with texts at
 * full length, when even the shortest are too much.
 *
 * @param room characters
 */
export function packQueries(source: QueryDataSource, room: number): PackedQueries {
  for (const lengths of LENGTHS) {
    const excerpts = shorter(source.excerpts, lengths);
    const parts = queryParts({ ...source, excerpts });
    // what cannot fit is not worth the seconds that packing takes
    if (LEAST_SHARE * parts.reduce((sum, { bytes }) => sum + bytes, 0) > room) continue;
    const packed = parts.map(packPart);
    if (packed.reduce((sum, part) => sum + part.packed.length + part.label.length + AROUND, 0) <= room) {
      return { parts: packed, cut: excerpts.cut, isSplit: false };
    }
  }
  return { parts: queryParts(source).map(packPart), cut: source.excerpts.cut, isSplit: true };
}

/** No header, so no time and no platform. */
function packPart({ label, data }: QueryPart): PackedPart {
  return { label, packed: deflateRawSync(JSON.stringify(data)).toString("base64") };
}

function shorter(excerpts: Excerpts, { documents, scenarios }: (typeof LENGTHS)[number]): Excerpts {
  const cut = {
    queries: excerpts.cut.queries,
    documents: Math.min(documents, excerpts.cut.documents),
    scenarios: Math.min(scenarios, excerpts.cut.scenarios),
  };
  return {
    cut,
    document(dataset, id) {
      const text = excerpts.document(dataset, id);
      return text === undefined ? undefined : cutLine(text, cut.documents);
    },
    scenario(place, id) {
      const text = excerpts.scenario(place, id);
      return text === undefined ? undefined : cutLine(text, cut.scenarios);
    },
  };
}
