import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { openTokenCounter } from "../analysis/tokenizer.ts";
import { hashBytes } from "../storage/content-hash.ts";
import { fileError } from "../storage/file-error.ts";
import type { GenerationOptions } from "./generation-options.ts";

/** How much of a document is sent. */
export type DocumentCap = {
  readonly counting: { readonly counted: "approximate" } | { readonly counted: "tokenizer"; readonly sha256: string };
  /** The beginning of a document that is within the cap; all of it where that fits. */
  cut(text: string): string;
};

/**
 * Tokens that a byte of UTF-8 can become at most, by NFKC.
 *
 * Source: https://www.unicode.org/faq/normalization.html (maximum expansion factors).
 */
const MOST_TOKENS_A_BYTE = 11;

/**
 * @param folder what a relative path refers to
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID` for a file that is no tokenizer
 */
export async function openDocumentCap(
  {
    tokenizer,
    maxDocumentTokens,
    charactersPerToken,
  }: Pick<GenerationOptions, "tokenizer" | "maxDocumentTokens" | "charactersPerToken">,
  folder: string,
): Promise<DocumentCap> {
  if (tokenizer === undefined) {
    const length = Math.floor(maxDocumentTokens * charactersPerToken);
    return { counting: { counted: "approximate" }, cut: (text) => beginning(text, length) };
  }
  const path = isAbsolute(tokenizer) ? tokenizer : join(folder, tokenizer);
  let file: string;
  try {
    file = await readFile(path, "utf8");
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
  const count = await openTokenCounter(file, path);
  return {
    counting: { counted: "tokenizer", sha256: hashBytes(file) },
    cut: (text) => longestBeginning(text, maxDocumentTokens, count),
  };
}

/** Found by bisection: text that went through a tokenizer and back is not always the text that it was. */
function longestBeginning(text: string, limit: number, count: (text: string) => number): string {
  if (Buffer.byteLength(text) * MOST_TOKENS_A_BYTE < limit || count(text) <= limit) return text;
  let fits = 0;
  let tooLong = text.length;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (count(beginning(text, middle)) <= limit) fits = middle;
    else tooLong = middle;
  }
  return beginning(text, fits);
}

/** The first UTF-16 units of a text; a pair of surrogates is not torn. */
function beginning(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}
