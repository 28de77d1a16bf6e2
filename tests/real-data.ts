import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const folder = resolve(import.meta.dirname, "../../shared/data");
// biome-ignore lint/style/noProcessEnv: the one switch of the tests; CI sets it, so that nothing is skipped there
const isRequired = process.env["SPIKEBENCH_REQUIRE_DATA"] === "1";

/** Absolute path of a file or folder of the public data beside the project; undefined where it is absent. */
function realData(path: string): string | undefined {
  const absolute = resolve(folder, path);
  return existsSync(absolute) ? absolute : undefined;
}

/**
 * A suite that reads public data. Where the data is absent it is skipped, with the reason in its title; with
 * SPIKEBENCH_REQUIRE_DATA=1 it fails instead.
 *
 * @param path of a file or folder of the data; `suite` gets it absolute
 */
export function describeWithData(title: string, path: string, suite: (absolute: string) => void): void {
  const found = realData(path);
  if (found !== undefined) {
    describe(title, () => suite(found));
  } else if (isRequired) {
    it(`${title}: finds its data`, () => expect.fail(`expected ${resolve(folder, path)}, found nothing`));
  } else {
    process.stderr.write(`skipped: ${title}: there is no ${path} in ../shared/data\n`);
    describe.skip(`${title} (skipped: no ${path} in ../shared/data)`, () => suite(resolve(folder, path)));
  }
}
