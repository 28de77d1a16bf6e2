import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { flat } from "./flat.ts";
import { ort } from "./ort.ts";
import { defineEngine, type Engine, type EngineServices, type EngineSource } from "./types.ts";
import { wasm } from "./wasm.ts";

/** The fastest first; the last one runs wherever Node does. */
const PREFERENCE = [ort, wasm, flat] as const;

/** Takes the fastest exact engine that this machine can run; the identity is that engine's own, so it says which. */
export const auto = defineEngine({
  kind: "auto",
  summary: "The fastest exact engine that this machine can run: ort, else wasm, else flat.",
  source: "as the engine that it takes",
  options: z.strictObject({}),
  create: (_, services) => ({
    open: () =>
      openFirst(
        PREFERENCE.map(({ kind, create }) => ({ kind, source: create({}, services) })),
        services.say,
      ),
  }),
});

type Choice = { readonly kind: string; readonly source: EngineSource };

/**
 * The first engine that opens.
 *
 * @param say told why one does not, and which is tried in its place
 * @throws {HarnessError} what the last one throws, and `ENGINE_UNAVAILABLE` without any
 */
export async function openFirst([first, ...others]: readonly Choice[], say?: EngineServices["say"]): Promise<Engine> {
  if (first === undefined) throw new HarnessError("ENGINE_UNAVAILABLE", "no engine runs on this machine.");
  try {
    return await first.source.open();
  } catch (error) {
    const [next] = others;
    if (next === undefined || !(error instanceof HarnessError && error.code === "ENGINE_UNAVAILABLE")) throw error;
    say?.(`engine \`auto\` takes \`${next.kind}\`, the next best: ${error.message}`);
    return openFirst(others, say);
  }
}
