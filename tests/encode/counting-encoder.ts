import { createHash } from "node:crypto";
import { type Encoder, PLAIN_FORMS } from "../../harness/encode/types.ts";
import type { Json } from "../../harness/storage/content-hash.ts";

export type CountingEncoder = Encoder & { readonly seen: string[] };

/** Unit vectors from a hash of role and text; writes down every text it was given. */
export function countingEncoder(identity: Json = "counting", { dim = 4, batchSize = 3 } = {}): CountingEncoder {
  const seen: string[] = [];
  return {
    identity,
    forms: PLAIN_FORMS,
    dim,
    batchSize,
    seen,
    encode(texts, role) {
      seen.push(...texts);
      const rows = texts.map((text) => {
        const raw = Array.from({ length: dim }, (_, d) => unsigned(`${JSON.stringify(identity)} ${role} ${d} ${text}`));
        return raw.map((value) => value / Math.hypot(...raw));
      });
      return Promise.resolve({ vectors: Float32Array.from(rows.flat()), truncated: [] });
    },
  };
}

function unsigned(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32LE() + 1;
}
