import { createComponent, type Fragment, type Registry } from "../component.ts";
import { auto } from "./auto.ts";
import { faiss } from "./faiss.ts";
import { flat } from "./flat.ts";
import { ort } from "./ort.ts";
import type { EngineServices, EngineSource } from "./types.ts";
import { wasm } from "./wasm.ts";

/** Every engine by kind. To add one: its file, one line here; the contract suite covers it. */
export const engines = { auto, ort, wasm, flat, faiss } as const satisfies Registry<EngineSource, EngineServices>;

/** The engine that a fragment describes. @throws as `checkFragment` */
export function createEngine(fragment: Fragment, services: EngineServices): EngineSource {
  return createComponent("engine", engines, fragment, services);
}
