import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** Debian's, and where others put theirs. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
// biome-ignore lint/style/noProcessEnv: a switch of the tests; CI sets it, so that nothing is skipped there
const isRequired = process.env["SPIKEBENCH_REQUIRE_BROWSER"] === "1";

/**
 * A suite that drives a browser. Where none is found the suite is skipped, with the reason in its title; with
 * SPIKEBENCH_REQUIRE_BROWSER=1 it fails instead.
 *
 * @param suite gets the path of the browser
 */
export function describeWithBrowser(title: string, suite: (browser: string) => void): void {
  const found = PLACES.find((path) => existsSync(path));
  if (found !== undefined) {
    describe(title, () => suite(found));
  } else if (isRequired) {
    it(`${title}: finds a browser`, () => expect.fail(`expected a browser, found none of ${PLACES.join(", ")}`));
  } else {
    process.stderr.write(`skipped: ${title}: there is no chromium (apt-get install chromium)\n`);
    describe.skip(`${title} (skipped: there is no chromium)`, () => suite(PLACES[0] ?? ""));
  }
}
