import { appendFile } from "node:fs/promises";
import type { GateReport } from "../../domain/gate.ts";
import { gateJunit, gateMarkdown, gateOutputs } from "../../report/gate.ts";
import { writeFileAtomic } from "../../storage/atomic-write.ts";
import { fileError } from "../../storage/file-error.ts";

/** Paths that a gate writes to; what is not given is not written. */
export type GateFiles = {
  readonly junit?: string | undefined;
  readonly summary?: string | undefined;
  /** Files of a workflow step, which others write to as well: what the gate has to say is added. */
  readonly stepSummary?: string | undefined;
  readonly stepOutput?: string | undefined;
};

/** @throws {HarnessError} `NOT_WRITABLE`, `DISK_FULL` */
export async function writeGateFiles(report: GateReport, files: GateFiles): Promise<void> {
  if (files.junit !== undefined) await writeFileAtomic(files.junit, gateJunit(report));
  if (files.summary !== undefined) await writeFileAtomic(files.summary, gateMarkdown(report));
  if (files.stepSummary !== undefined) await append(files.stepSummary, gateMarkdown(report));
  if (files.stepOutput !== undefined) await append(files.stepOutput, gateOutputs(report));
}

async function append(path: string, text: string): Promise<void> {
  try {
    await appendFile(path, text);
  } catch (cause) {
    throw fileError(path, "write", cause);
  }
}
