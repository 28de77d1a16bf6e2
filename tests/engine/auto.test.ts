import { describe, expect, it } from "vitest";
import { auto, openFirst } from "../../harness/engine/auto.ts";
import { flat } from "../../harness/engine/flat.ts";
import type { EngineServices, EngineSource } from "../../harness/engine/types.ts";
import { wasm } from "../../harness/engine/wasm.ts";
import { HarnessError } from "../../harness/errors.ts";

const SERVICES: EngineServices = { threads: 1, maxBytes: 2 ** 28 };

/** An engine that is not to be had. */
function without(kind: string, error: Error): { readonly kind: string; readonly source: EngineSource } {
  return { kind, source: { open: () => Promise.reject(error) } };
}

const real = (engine: typeof wasm | typeof flat) => ({ kind: engine.kind, source: engine.create({}, SERVICES) });
const missing = new HarnessError("ENGINE_UNAVAILABLE", "no library here.");

describe("auto", () => {
  it("takes the fastest, and has nothing to say of it", async () => {
    const said: string[] = [];
    const engine = await auto.create({}, { ...SERVICES, say: (line) => said.push(line) }).open();
    expect(engine.identity).toMatchObject({ kind: "ort" });
    expect(said).toEqual([]);
    await engine.close();
  });
});

describe("openFirst", () => {
  it("takes the next one where an engine is not to be had, and says which and why", async () => {
    const said: string[] = [];
    const engine = await openFirst([without("ort", missing), real(wasm), real(flat)], (line) => said.push(line));
    expect(engine.identity).toMatchObject({ kind: "wasm" });
    expect(said).toEqual([expect.stringMatching(/`wasm`.*no library here\./)]);
    await engine.close();
  });

  it("takes the last one where no other is to be had, and its error where it is not either", async () => {
    const engine = await openFirst([without("ort", missing), without("wasm", missing), real(flat)]);
    expect(engine.identity).toMatchObject({ kind: "flat" });
    const last = new HarnessError("ENGINE_UNAVAILABLE", "the last one.");
    await expect(openFirst([without("ort", missing), without("wasm", last)])).rejects.toBe(last);
    await expect(openFirst([])).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE" });
  });

  it("hides no other failure", async () => {
    const broken = new Error("a fault");
    await expect(openFirst([without("ort", broken), real(flat)])).rejects.toBe(broken);
  });
});
