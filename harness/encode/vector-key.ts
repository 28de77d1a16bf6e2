import { hash } from "node:crypto";
import type { VectorPrecision } from "../domain/embeddings.ts";
import { canonicalJson, hashJson, type Json } from "../storage/content-hash.ts";
import type { Encoder, NamedText, TextRole } from "./types.ts";

/** Raised when a stored vector no longer means what it meant; older vectors are then never found again. */
const SCHEMA = 3;

/** What the vectors of an encoder are stored under: identity and precision in clear, and the name of their folder. */
export function encoderRecord(
  { identity, dim }: Pick<Encoder, "identity" | "dim">,
  storage: VectorPrecision = "float32",
) {
  const record = { schema: SCHEMA, identity, dim, storage };
  return { record, folder: folderOf(record) };
}

/** The name of the folder of an encoder with that record. */
export function folderOf(record: Json): string {
  return hashJson(record).slice(0, 32);
}

/**
 * Keys of texts: the 32 bytes of a sha256 as a latin1 string, over the canonical JSON of schema, identity, dimension,
 * role, the role's form and the text, or what it is called where the encoder goes by that. JSON keeps the parts apart and
 * escapes lone surrogates, so two different inputs never share their bytes.
 */
export function vectorKeys(
  { identity, dim, forms, reads = "text" }: Pick<Encoder, "identity" | "dim" | "forms" | "reads">,
  role: TextRole,
): (text: NamedText) => string {
  const head = canonicalJson([SCHEMA, identity, dim, role, forms[role], reads]).slice(0, -1);
  return (text) => hash("sha256", `${head},${JSON.stringify(text[reads])}]`, "buffer").toString("latin1");
}
