import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { fileError } from "./file-error.ts";

/** What canonical JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/**
 * JSON with sorted keys and no white space: equal values give equal bytes. Undefined members are left out.
 *
 * Source: the idea of RFC 8785; numbers as ECMAScript prints them.
 */
export function canonicalJson(value: Json): string {
  return JSON.stringify(value, (_, member: unknown) =>
    member !== null && typeof member === "object" && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** sha256 of a value's canonical JSON, hex: the identity of anything that has one. */
export function hashJson(value: Json): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

/** sha256 of bytes or of a text's UTF-8 bytes, hex. */
export function hashBytes(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export type FileHashOptions = {
  readonly algorithm?: "sha256" | "sha1" | "md5";
  /** Hashed before the bytes, as git does. */
  readonly prefix?: string;
};

/** sha256 of a file's bytes, or what the options say, hex. @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE` */
export async function hashFile(path: string, options: FileHashOptions = {}): Promise<string> {
  const { algorithm = "sha256", prefix = "" } = options;
  const hash = createHash(algorithm).update(prefix);
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
  return hash.digest("hex");
}

/** sha256 over a sequence of text tuples: other texts, other boundaries or another order give another hash. */
export type TextHash = { add(...texts: readonly string[]): void; digest(): string };

export function createTextHash(): TextHash {
  const hash = createHash("sha256");
  return {
    add(...texts) {
      for (const text of texts) hash.update(`${Buffer.byteLength(text)}:`).update(text);
      hash.update(";");
    },
    digest: () => hash.digest("hex"),
  };
}
