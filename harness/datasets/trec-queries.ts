import { HarnessError } from "../errors.ts";
import { type MarkupEvent, readMarkup } from "../storage/markup.ts";
import { readLineBatches } from "../storage/text-lines.ts";
import type { FoundQuery } from "./query-list.ts";
import { requiredId } from "./text-field.ts";

export type QueryReading = {
  /** Tags that make the query, in lower case and in this order. */
  readonly parts: readonly string[];
  readonly encoding: string;
};

/**
 * The queries of a topics file in one of three forms, told by its first character: SGML (`<top>`, `<num> Number: 301`,
 * closing tags or not), XML (`<topic number="1">`), or lines `id<TAB>text`. Labels such as `Description:` are dropped,
 * white space becomes single spaces.
 *
 * @throws {HarnessError} `DATA_INVALID` for a topic without a number or without any of the parts, and for a line without
 *   a tab; and as `readLineBatches`
 */
export async function* readTrecQueries(path: string, reading: QueryReading): AsyncGenerator<FoundQuery> {
  yield* (await isMarkup(path, reading.encoding)) ? readTopics(path, reading) : readTabbed(path, reading.encoding);
}

async function isMarkup(path: string, encoding: string): Promise<boolean> {
  for await (const { lines } of readLineBatches(path, encoding)) {
    const first = lines.find((line) => line.trim() !== "");
    if (first !== undefined) return first.trimStart().startsWith("<");
  }
  return false;
}

async function* readTabbed(path: string, encoding: string): AsyncGenerator<FoundQuery> {
  for await (const { first, lines } of readLineBatches(path, encoding)) {
    for (const [index, line] of lines.entries()) {
      if (line.trim() === "") continue;
      const where = `${path}:${first + index}`;
      const tab = line.indexOf("\t");
      if (tab < 0) throw new HarnessError("DATA_INVALID", "expected a line `id<TAB>text`, found no tab.", { where });
      const id = requiredId({ id: line.slice(0, tab).trim() }, "id", where);
      yield { id, text: line.slice(tab + 1).trim(), excluded: [], where };
    }
  }
}

/** A topic of which the end is still to come: its number where an attribute has it, and the text of every part. */
type Growing = {
  readonly where: string;
  readonly id: string | undefined;
  readonly texts: Map<string, string>;
  part: string;
};

async function* readTopics(path: string, { parts, encoding }: QueryReading): AsyncGenerator<FoundQuery> {
  let growing: Growing | undefined;
  for await (const events of readMarkup(path, encoding)) {
    for (const event of events) {
      const { found, next } = step(growing, event, path);
      growing = next;
      if (found !== undefined) yield finished(found, parts);
    }
  }
}

type Step = { readonly found?: Growing; readonly next: Growing | undefined };

/** A topic ends where it closes or where the next one begins; a part likewise. */
function step(growing: Growing | undefined, event: MarkupEvent, path: string): Step {
  if (event.kind !== "text" && (event.name === "top" || event.name === "topic")) {
    const next =
      event.kind === "open"
        ? { where: `${path}:${event.line}`, id: numberOf(event.attributes), texts: new Map<string, string>(), part: "" }
        : undefined;
    return growing === undefined ? { next } : { found: growing, next };
  }
  if (growing === undefined) return { next: undefined };
  if (event.kind === "text") {
    growing.texts.set(growing.part, `${growing.texts.get(growing.part) ?? ""}${event.text}`);
  } else {
    growing.part = event.kind === "open" ? event.name : "";
  }
  return { next: growing };
}

function numberOf(attributes: Readonly<Record<string, string>>): string | undefined {
  return attributes["number"] ?? attributes["id"] ?? attributes["num"];
}

const LABEL = /^\s*(?:number|topic|title|description|narrative)\s*:/i;

function finished({ where, id, texts }: Growing, parts: readonly string[]): FoundQuery {
  const number = (id ?? texts.get("num") ?? "").replace(LABEL, "").trim();
  if (number === "") {
    throw new HarnessError("DATA_INVALID", "expected a topic with a number, in <num> or an attribute, found none.", {
      where,
    });
  }
  const present = parts.filter((part) => texts.has(part));
  if (present.length === 0) {
    const found = [...texts.keys()].filter((part) => part !== "" && part !== "num");
    throw new HarnessError(
      "DATA_INVALID",
      `expected a topic with <${parts.join("> or <")}>, found ${found.join(", ") || "none"}.`,
      {
        where,
        hint: "Choose others with `queryParts`.",
      },
    );
  }
  const text = present.map((part) => (texts.get(part) ?? "").replace(LABEL, "")).join(" ");
  return {
    id: requiredId({ num: number }, "num", where),
    text: text.replaceAll(/\s+/g, " ").trim(),
    excluded: [],
    where,
  };
}
