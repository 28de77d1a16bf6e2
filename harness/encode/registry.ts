import { createComponent, type Fragment, type Registry } from "../component.ts";
import { hashed } from "./hashed.ts";
import type { EncoderSource } from "./types.ts";

/** Every encoder by kind. */
export const encoders = { hashed } as const satisfies Registry<EncoderSource>;

/** The encoder that a fragment describes. @throws as `checkFragment` */
export function createEncoder(fragment: Fragment): EncoderSource {
  return createComponent("encoder", encoders, fragment, undefined);
}
