import type { SystemValues } from "../../harness/domain/comparison.ts";
import { queryId } from "../../harness/domain/ids.ts";
import { createRandomSource } from "../../harness/runtime/seeded-random.ts";

/** A system with these values on queries `q000`, `q001`, ... of the dataset `d`, under one policy. */
export function systemOf(values: readonly number[], rest: Partial<Omit<SystemValues, "values">> = {}): SystemValues {
  return {
    ...{ system: "s", dataset: "d", policyHash: "policy", qrelsSha256: "qrels", ...rest },
    values: new Map(values.map((value, at) => [queryId(`q${String(at).padStart(3, "0")}`), value])),
  };
}

/** Standard normal numbers (Box and Muller) that a label determines. */
export function normals(count: number, label: string): readonly number[] {
  const words = new Uint32Array(2 * count);
  createRandomSource(1, label).fill(words, 0);
  return Array.from({ length: count }, (_, at) => {
    const radius = Math.sqrt(-2 * Math.log(((words[2 * at] ?? 0) + 1) / 2 ** 32));
    return radius * Math.cos((2 * Math.PI * (words[2 * at + 1] ?? 0)) / 2 ** 32);
  });
}

/** Every pattern of `count` signs. */
export function signPatterns(count: number): readonly (readonly number[])[] {
  return Array.from({ length: 2 ** count }, (_, pattern) =>
    Array.from({ length: count }, (_, bit) => ((pattern >>> bit) & 1 ? -1 : 1)),
  );
}
