// Node 20 runs no TypeScript, and vitest transforms only what its own thread imports: this lets worker threads that a test
// starts run the harness's sources too. Passed by `--import` (vitest.config.ts), which threads inherit.
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";

const asHooks = import.meta.url.endsWith("?hooks");
if (!isMainThread && !asHooks) register(`${import.meta.url}?hooks`);

/** Node's hook: source text of a module. */
export async function load(url, context, next) {
  if (!url.endsWith(".ts")) return next(url, context);
  const { transformSync } = await import("rolldown/utils");
  const path = fileURLToPath(url);
  const { code, errors } = transformSync(path, await readFile(path, "utf8"));
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  return { format: "module", source: code, shortCircuit: true };
}
