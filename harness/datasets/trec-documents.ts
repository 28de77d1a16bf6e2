import { docId } from "../domain/ids.ts";
import { HarnessError } from "../errors.ts";
import { type MarkupEvent, readMarkup } from "../storage/markup.ts";
import { requiredId } from "./text-field.ts";
import type { RawDocument } from "./types.ts";

/** Which tags make what of a document; names in lower case. */
type DocumentTags = {
  readonly document: string;
  readonly id: string;
  readonly title: readonly string[];
  readonly text?: readonly string[] | undefined;
  readonly skip: readonly string[];
};

export type DocumentReading = {
  readonly tags: DocumentTags;
  readonly encoding: string;
  /** Told, once a file, how many characters that are no white space stand outside its documents. */
  onLost(lost: LostText): void;
};

/** What of a file did not become text of a document. */
export type LostText = {
  /** Characters outside any document. */
  readonly outside: number;
  /** Tags with words that have no value, as a `<` in running text makes them: `a <b then c>`. */
  readonly tagLike: number;
};

/**
 * Streams the documents of one file of a collection.
 *
 * @throws {HarnessError} `DATA_INVALID` for a document without an id, inside another one, or without an end; and as `readMarkup`
 */
export async function* readTrecDocuments(
  path: string,
  { tags, encoding, onLost }: DocumentReading,
): AsyncGenerator<readonly RawDocument[]> {
  const reader = createDocumentReader(path, tags);
  for await (const events of readMarkup(path, encoding)) {
    yield events.flatMap((event) => reader.next(event) ?? []);
  }
  onLost(reader.lost());
}

type Part = "id" | "title" | "text" | "skip";

/** A document of which the end is still to come. `open` has the part of every open tag, `texts` what they held. */
type Growing = { readonly line: number; readonly texts: Readonly<Record<Part, string[]>>; readonly open: Part[] };

type DocumentReader = { next(event: MarkupEvent): RawDocument | undefined; lost(): LostText };

function createDocumentReader(path: string, tags: DocumentTags): DocumentReader {
  const base: Part = tags.text === undefined ? "text" : "skip";
  let growing: Growing | undefined;
  let outside = 0;
  let tagLike = 0;
  function turn(event: MarkupEvent & { readonly kind: "open" | "close" }): RawDocument | undefined {
    if (event.kind === "open" && Object.values(event.attributes).includes("")) tagLike += 1;
    if (event.name !== tags.document) {
      if (growing !== undefined) turnPart(growing, event, tags);
      return undefined;
    }
    if (growing !== undefined && (event.kind === "open" || event.isImplied))
      throw unfinished(`${path}:${growing.line}`);
    const document = growing && finished(growing, `${path}:${growing.line}`, tags.id);
    growing =
      event.kind === "open"
        ? { line: event.line, texts: { id: [], title: [], text: [], skip: [] }, open: [base] }
        : undefined;
    return document;
  }
  return {
    next(event) {
      if (event.kind !== "text") return turn(event);
      if (growing === undefined) outside += event.text.trim().length;
      else growing.texts[growing.open.at(-1) ?? base].push(event.text);
      return undefined;
    },
    lost: () => ({ outside, tagLike }),
  };
}

/** A tag parts words, whichever part it opens or closes. */
function turnPart(
  { texts, open }: Growing,
  { kind, name }: MarkupEvent & { kind: "open" | "close" },
  tags: DocumentTags,
): void {
  const around = open.at(-1) ?? "text";
  texts[around].push(" ");
  if (kind === "open") open.push(partOf(name, around, tags));
  else if (open.length > 1) open.pop();
}

/** What a tag without a role holds, belongs to the part around it. */
function partOf(name: string, around: Part, { id, title, text, skip }: DocumentTags): Part {
  if (name === id) return "id";
  if (skip.includes(name)) return "skip";
  if (title.includes(name)) return "title";
  return text?.includes(name) === true ? "text" : around;
}

function finished({ texts }: Growing, where: string, tag: string): RawDocument {
  const id = texts.id.join("").trim();
  if (id === "")
    throw new HarnessError("DATA_INVALID", `expected a document with an id in <${tag}>, found none.`, { where });
  return {
    id: docId(requiredId({ [tag]: id }, tag, where)),
    title: texts.title.join("").replaceAll(/\s+/g, " ").trim(),
    text: texts.text
      .join("")
      .replaceAll(/[^\S\n]+/g, " ")
      .trim(),
    where,
  };
}

function unfinished(where: string): HarnessError {
  return new HarnessError("DATA_INVALID", "expected the document's end, found the next one or the end of the file.", {
    where,
    hint: "The file is cut, or its closing tag is missing.",
  });
}
