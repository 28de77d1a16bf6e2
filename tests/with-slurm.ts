import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";

const PROGRAMS = ["/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/sbin/munged", "/usr/bin/sbatch"] as const;
// biome-ignore lint/style/noProcessEnv: a switch of the tests; CI sets it, so that nothing is skipped there
const isRequired = process.env["SPIKEBENCH_REQUIRE_SLURM"] === "1";

/**
 * A suite that starts a cluster of its own. Where Slurm is not installed, or this is not its root user, the suite is skipped,
 * with the reason in its title; with SPIKEBENCH_REQUIRE_SLURM=1 it fails instead.
 */
export function describeWithSlurm(title: string, suite: () => void): void {
  const missing = PROGRAMS.find((program) => !existsSync(program)) ?? (process.getuid?.() === 0 ? undefined : "root");
  if (missing === undefined) {
    describe(title, suite);
  } else if (isRequired) {
    it(`${title}: finds Slurm`, () => expect.fail(`expected ${missing}, found none: apt-get install slurm-wlm munge`));
  } else {
    process.stderr.write(`skipped: ${title}: needs ${missing} (apt-get install slurm-wlm munge)\n`);
    describe.skip(`${title} (skipped: no ${missing})`, suite);
  }
}
