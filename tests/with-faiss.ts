import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const binary = resolve(import.meta.dirname, "../faiss/node_modules/faiss-node/build/Release/faiss-node.node");
// biome-ignore lint/style/noProcessEnv: a switch of the tests; CI sets it, so that nothing is skipped there
const isRequired = process.env["SPIKEBENCH_REQUIRE_FAISS"] === "1";

/**
 * A suite that runs FAISS. Where it has not been built the suite is skipped, with the reason in its title; with
 * SPIKEBENCH_REQUIRE_FAISS=1 it fails instead.
 */
export function describeWithFaiss(title: string, suite: () => void): void {
  if (existsSync(binary)) {
    describe(title, suite);
  } else if (isRequired) {
    it(`${title}: finds FAISS`, () => expect.fail(`expected ${binary}, found nothing: npm run build:faiss`));
  } else {
    process.stderr.write(`skipped: ${title}: FAISS is not built (npm run build:faiss)\n`);
    describe.skip(`${title} (skipped: FAISS is not built)`, suite);
  }
}
