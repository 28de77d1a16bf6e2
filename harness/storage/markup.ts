import { HarnessError } from "../errors.ts";
import { readLineBatches } from "./text-lines.ts";

/** What a markup file says next. Names are in lower case; text has its entities decoded; `line` counts from 1. */
export type MarkupEvent =
  | {
      readonly kind: "open";
      readonly name: string;
      readonly attributes: Readonly<Record<string, string>>;
      readonly line: number;
    }
  | { readonly kind: "close"; readonly name: string; readonly isImplied: boolean; readonly line: number }
  | { readonly kind: "text"; readonly text: string; readonly line: number };

/**
 * Streams the tags and texts of an SGML, XML or HTML file, plain or gzip. Every open tag is closed: what the file leaves
 * open, closes with the element around it or at the end (`isImplied`). A `<` that begins no tag (`p <0.05`) is text, and so is an `&` that begins no
 * entity. A file without an end to its last tag loses that tag alone.
 *
 * @throws {HarnessError} as `readLineBatches`
 */
export async function* readMarkup(path: string, encoding?: string): AsyncGenerator<readonly MarkupEvent[]> {
  const { Parser } = await import("htmlparser2");
  let events: MarkupEvent[] = [];
  let line = 1;
  const parser = new Parser(
    {
      onopentag: (name, attributes) => void events.push({ kind: "open", name: originalName(name), attributes, line }),
      onclosetag: (name, isImplied) => void events.push({ kind: "close", name: originalName(name), isImplied, line }),
      ontext: (text) => void events.push({ kind: "text", text, line }),
      onerror(cause) {
        throw new HarnessError("DATA_INVALID", `expected markup (${cause.message}).`, {
          where: `${path}:${line}`,
          cause,
        });
      },
    },
    { recognizeSelfClosing: true, recognizeCDATA: true },
  );
  for await (const { first, lines } of readLineBatches(path, encoding)) {
    // line by line, so that every event knows its line
    for (const [index, text] of lines.entries()) {
      line = first + index;
      parser.write(`${asPlainTags(text)}\n`);
    }
    yield events;
    events = [];
  }
  parser.end();
  yield events;
}

const PLAIN = "plain-";

/**
 * In HTML these tags have no tags inside, or no end; in a collection `<title>` may stay open and `<link>` may hold text.
 * Under another name they are tags like any other.
 */
const SPECIAL =
  /<(\/?)(?=(?:title|textarea|script|style|iframe|noembed|noframes|plaintext|xmp|svg|math|link|source|col|area|base|param|track|input|image|meta|keygen|command|embed|frame|basefont)\b)/gi;

function asPlainTags(line: string): string {
  return line.includes("<") ? line.replace(SPECIAL, `<$1${PLAIN}`) : line;
}

function originalName(name: string): string {
  return name.startsWith(PLAIN) ? name.slice(PLAIN.length) : name;
}
