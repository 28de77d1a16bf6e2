import { HarnessError } from "../errors.ts";
import { type LinePlace, placeOf } from "./trec-fields.ts";

/** What to do with an id that a TREC file cannot carry as it is. */
export type IdWriting = "refuse" | "percent-encode";
/** How ids of a TREC file are to be read; `percent-decode` undoes `percent-encode`. */
export type IdReading = "as-is" | "percent-decode";

/** What nearly all ids are; it spares them the slower questions. */
const PLAIN = /^[!"$&-~][!-$&-~]*$/;
// \s and not the blank alone: Python's split(), by which peers read these files, parts at any Unicode white space
const UNSAFE = /[\s\p{Cc}]|^#/u;
const ENCODED = /[\s\p{Cc}%]|^#/gu;

/**
 * An id as a field of a TREC file. White space and control characters would part the field, and a leading `#` would make
 * the line a comment.
 *
 * @throws {HarnessError} `ID_NOT_WRITABLE` for such an id under `refuse`, and under either for an empty one or one that
 *   UTF-8 cannot hold
 */
export function writeId(id: string, ids: IdWriting): string {
  if (PLAIN.test(id)) return id;
  if (id === "" || /\p{Cs}/u.test(id)) {
    throw new HarnessError("ID_NOT_WRITABLE", `expected an id of one or more characters, got ${JSON.stringify(id)}.`, {
      hint: "Rename it in the dataset.",
    });
  }
  if (ids === "percent-encode") return id.replace(ENCODED, (character) => encodeURIComponent(character));
  if (!UNSAFE.test(id)) return id;
  throw new HarnessError("ID_NOT_WRITABLE", `a TREC file cannot hold the id ${JSON.stringify(id)}.`, {
    hint: "Set `ids: percent-encode` in the run file, which writes such ids reversibly, or rename it in the dataset.",
  });
}

/** The id of a field. @throws {HarnessError} `DATA_INVALID` for what is not percent-encoded UTF-8 */
export function readId(field: string, ids: IdReading, place: LinePlace): string {
  if (ids === "as-is" || !field.includes("%")) return field;
  try {
    return decodeURIComponent(field);
  } catch (cause) {
    throw new HarnessError("DATA_INVALID", `expected a percent-encoded id, got \`${field}\`.`, {
      where: placeOf(place),
      hint: "Read the ids as they are, or write the file again with percent-encoded ids.",
      cause,
    });
  }
}
