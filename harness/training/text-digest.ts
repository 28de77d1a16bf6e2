import { hashBytes } from "../storage/content-hash.ts";

/** What equal texts have in common, white space aside; undefined for a text of white space alone, which equals nothing. */
export function textDigest(text: string): string | undefined {
  const collapsed = text.replaceAll(/\s+/g, " ").trim();
  return collapsed === "" ? undefined : hashBytes(collapsed);
}
