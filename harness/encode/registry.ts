import { createComponent, type Fragment, type Registry } from "../component.ts";
import { hashed } from "./hashed.ts";
import { model2vec } from "./model2vec.ts";
import { openai } from "./openai.ts";
import { precomputed } from "./precomputed.ts";
import { transformers } from "./transformers.ts";
import type { EncoderServices, EncoderSource } from "./types.ts";

/** Every encoder by kind. */
export const encoders = { hashed, model2vec, openai, precomputed, transformers } as const satisfies Registry<
  EncoderSource,
  EncoderServices
>;

/** The encoder that a fragment describes. @throws as `checkFragment` */
export function createEncoder(fragment: Fragment, services: EncoderServices): EncoderSource {
  return createComponent("encoder", encoders, fragment, services);
}
