import { chmod } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { slurmCommands } from "../../harness/tasks/slurm-commands.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();

/** Runs a program of that name that is the given shell script. */
async function ask(script: string, timeoutMs = 20_000) {
  await chmod(await folder.write("squeue", `#!/bin/bash\n${script}\n`), 0o755);
  const env = { PATH: `${folder.path(".")}:/usr/bin:/bin` };
  return await slurmCommands({ env, timeoutMs }).run("squeue", ["-h"]);
}

describe("a command of Slurm", () => {
  it.each([
    { why: "answers", script: 'echo "got $1"', answer: { status: "answered", stdout: "got -h\n" } },
    {
      why: "refuses",
      script: "echo 'error: Invalid user' >&2; exit 1",
      answer: { status: "refused", why: "error: Invalid user" },
    },
    {
      why: "cannot reach the controller",
      script: "echo 'slurm_load_jobs error: Unable to contact slurm controller (connect failure)' >&2; exit 1",
      answer: { status: "unknown", sent: false },
    },
    {
      why: "has to wait until other jobs have ended",
      script: "echo 'sbatch: error: QOSMaxSubmitJobPerUserLimit' >&2; exit 1",
      answer: { status: "unknown", sent: false },
    },
  ])("$why", async ({ script, answer }) => {
    expect(await ask(script)).toMatchObject(answer);
  });

  it("that hangs is not waited for, and may have done its work", async () => {
    expect(await ask("exec sleep 30", 200)).toMatchObject({ status: "unknown", sent: true });
  });

  it("that is not installed is named", async () => {
    const commands = slurmCommands({ env: { PATH: folder.path("empty") }, timeoutMs: 1_000 });
    await expect(commands.run("sbatch", [])).rejects.toMatchObject({ code: "SCHEDULER_UNAVAILABLE", exitCode: 2 });
  });
});
