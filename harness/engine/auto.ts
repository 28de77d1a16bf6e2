import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { flat } from "./flat.ts";
import { ort } from "./ort.ts";
import { defineEngine, type EngineSource } from "./types.ts";

/** The fastest first; the last one runs everywhere. */
const PREFERENCE = [ort, flat] as const;

/** Takes the fastest exact engine that this machine can run; the identity is that engine's own, so it says which. */
export const auto = defineEngine({
  kind: "auto",
  summary: "The fastest exact engine that this machine can run: ort, else flat.",
  source: "as the engine that it takes",
  options: z.strictObject({}),
  create: (_, services) => ({
    open: () => openFirst(PREFERENCE.map((engine) => engine.create({}, services))),
  }),
});

async function openFirst([first, ...others]: readonly EngineSource[]): ReturnType<EngineSource["open"]> {
  if (first === undefined) throw new HarnessError("ENGINE_UNAVAILABLE", "no engine runs on this machine.");
  try {
    return await first.open();
  } catch (error) {
    if (others.length === 0 || !(error instanceof HarnessError && error.code === "ENGINE_UNAVAILABLE")) throw error;
    return openFirst(others);
  }
}
