import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { HarnessError } from "../errors.ts";
import { hashBytes } from "../storage/content-hash.ts";
import { fileError } from "../storage/file-error.ts";

/** The text that is sent for one thing, or a few: a document, a query. */
export type PromptTemplate<Place extends string> = {
  /** Of its bytes: what the prompt is known by. */
  readonly sha256: string;
  /** The file as it was named; undefined for the prompt that is shipped. */
  readonly file: string | undefined;
  fill(values: Readonly<Record<Place | "dataset", string>>): string;
};

export type PromptSource<Place extends string> = {
  /** Undefined for the prompt that is shipped. */
  readonly file: string | undefined;
  /** What a relative path refers to. */
  readonly folder: string;
  /** Absolute path of the prompt that is shipped. */
  readonly own: string;
  /** What the prompt is about: it holds each `{place}` once. */
  readonly places: readonly Place[];
};

/**
 * Reads a prompt with one place for each thing that it is about and, as often as it likes, `{dataset}`. Every byte of the file is sent,
 * its last line end too.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` without exactly one of each such place
 */
export async function readPromptTemplate<Place extends string>({
  file,
  folder,
  own,
  places,
}: PromptSource<Place>): Promise<PromptTemplate<Place>> {
  const path = file === undefined ? own : isAbsolute(file) ? file : join(folder, file);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
  for (const place of places) {
    const found = text.split(`{${place}}`).length - 1;
    if (found === 1) continue;
    throw new HarnessError("DATA_INVALID", `expected a prompt with \`{${place}}\` once, found it ${found} times.`, {
      where: path,
    });
  }
  // in one pass, so that a text that speaks of `{dataset}` is left alone
  const names: readonly (Place | "dataset")[] = [...places, "dataset"];
  const pieces = text.split(new RegExp(`(\\{(?:${names.join("|")})\\})`));
  const byPiece = new Map(names.map((name) => [`{${name}}`, name]));
  return {
    sha256: hashBytes(text),
    file,
    fill: (values) =>
      pieces
        .map((piece) => {
          const name = byPiece.get(piece);
          return name === undefined ? piece : values[name];
        })
        .join(""),
  };
}
