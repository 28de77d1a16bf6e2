import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { HarnessError } from "../errors.ts";
import { hashBytes } from "../storage/content-hash.ts";
import { fileError } from "../storage/file-error.ts";

const OWN_PROMPT = fileURLToPath(new URL("scenario-prompt.txt", import.meta.url));

/** The text that is sent for a document. */
export type PromptTemplate = {
  /** Of its bytes: what the prompt is known by. */
  readonly sha256: string;
  /** The file as it was named; undefined for the prompt that is shipped. */
  readonly file: string | undefined;
  /** Characters besides the document. */
  readonly length: number;
  fill(values: { readonly document: string; readonly dataset: string }): string;
};

/**
 * Reads a prompt with the places `{document}` and, as often as it likes, `{dataset}`. Every byte of the file is sent, its
 * last line end too.
 *
 * @param folder what a relative path refers to
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` without exactly one `{document}`
 */
export async function readPromptTemplate(file: string | undefined, folder: string): Promise<PromptTemplate> {
  const path = file === undefined ? OWN_PROMPT : isAbsolute(file) ? file : join(folder, file);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
  const places = text.split("{document}").length - 1;
  if (places !== 1) {
    throw new HarnessError("DATA_INVALID", `expected a prompt with \`{document}\` once, found it ${places} times.`, {
      where: path,
    });
  }
  return {
    sha256: hashBytes(text),
    file,
    length: text.length - "{document}".length,
    // in one pass, so that a document that speaks of `{dataset}` is left alone
    fill: (values) => text.replaceAll(/\{(document|dataset)\}/g, (_, name: "document" | "dataset") => values[name]),
  };
}
