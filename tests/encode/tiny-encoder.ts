import { expect } from "vitest";
import type { Pooling } from "../../harness/encode/model-presets.ts";
import { createEncoder } from "../../harness/encode/registry.ts";
import type { TextRole } from "../../harness/encode/types.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { collection, searched } from "./collection.ts";
import { type TinyTransformer, TOKEN_VECTORS, TOKENS, tinyTransformerFiles, writeFiles } from "./tiny-transformer.ts";

/** Encoders of tiny models, each in a folder of its own; pooling is `mean` unless told. */
export function tinyEncoders() {
  const folder = temporaryFolder();
  let made = 0;
  const place = () => folder.path(`model-${++made}`);

  async function openTiny(
    tiny: TinyTransformer = {},
    options: object = {},
    files: Readonly<Record<string, Buffer>> = {},
  ) {
    const path = await writeFiles(place(), { ...tinyTransformerFiles(tiny), ...files });
    return await openIn(path, options);
  }

  async function openIn(path: string, options: object = {}) {
    const source = createEncoder({ kind: "transformers", model: path, pooling: "mean", ...options }, { folder: "/" });
    const encoder = await source.open(searched(collection([])));
    const embed = async (text: string, role: TextRole = "document") => [
      ...(await encoder.encode([text], role)).vectors,
    ];
    return { encoder, embed, path };
  }

  return { openTiny, openIn, place };
}

/** Vectors of tokens that the lookup graph gives. */
export function vectorsOf(...tokens: readonly string[]): readonly (readonly [number, number])[] {
  return tokens.map((token) => TOKEN_VECTORS[TOKENS.indexOf(token)] ?? [Number.NaN, Number.NaN]);
}

export function unit(values: readonly number[]): readonly number[] {
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}

/** The unit vector of a text of these token vectors. */
export function pooled(vectors: readonly (readonly number[])[], pooling: Pooling): readonly number[] {
  const chosen: Readonly<Record<Pooling, typeof vectors>> = {
    mean: vectors,
    cls: vectors.slice(0, 1),
    "last-token": vectors.slice(-1),
  };
  return unit([0, 1].map((d) => chosen[pooling].reduce((sum, vector) => sum + (vector[d] ?? 0), 0)));
}

/** To 1e-6 in every value. */
export function expectNear(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  const differences = found.map((value, d) => Math.abs(value - (expected[d] ?? Number.NaN)));
  expect(Math.max(...differences)).toBeLessThan(1e-6);
}
