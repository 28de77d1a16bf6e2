import type { Fragment } from "../component.ts";
import { createEngine } from "../engine/registry.ts";
import type { Engine, EngineServices } from "../engine/types.ts";
import { canonicalJson, type Json } from "../storage/content-hash.ts";

export type OpenEngines = {
  /** The engine of that fragment; retrievers that ask for the same share one. */
  readonly engine: (fragment: Fragment) => Promise<Engine>;
  /** Ends the threads and processes of all of them. */
  close(): Promise<void>;
};

/** Engines are started when they are first asked for. */
export function openEngines(services: EngineServices): OpenEngines {
  const opened = new Map<string, Promise<Engine>>();
  return {
    engine(fragment) {
      // a fragment came out of YAML, so it holds nothing that JSON does not
      const key = canonicalJson(JSON.parse(JSON.stringify(fragment)) as Json);
      const known = opened.get(key) ?? createEngine(fragment, services).open();
      opened.set(key, known);
      return known;
    },
    async close() {
      const engines = await Promise.allSettled(opened.values());
      await Promise.all(engines.map((engine) => (engine.status === "fulfilled" ? engine.value.close() : undefined)));
    },
  };
}
