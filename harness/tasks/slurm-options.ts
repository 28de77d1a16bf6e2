import { readFile } from "node:fs/promises";
import { z } from "zod";
import { describeIssue } from "../component.ts";
import { HarnessError } from "../errors.ts";
import { fileError } from "../storage/file-error.ts";
import { parseYaml } from "../storage/yaml-source.ts";
import type { Stage } from "./task-manifest.ts";

const text = z.union([z.string().min(1), z.number()]).transform(String);
const count = z.int().positive();

/** What sbatch is asked for; a stage may ask for something else than the others. */
const resources = {
  partition: text.optional(),
  account: text.optional(),
  qos: text.optional(),
  time: text.optional().describe("limit of a task; Slurm's forms, such as 30 (minutes) or 2:00:00"),
  mem: text.optional().describe("of a task, such as 8G"),
  cpus: count.optional(),
  gres: text.optional(),
  constraint: text.optional(),
  maxParallel: count.optional().describe("tasks at once"),
  extra: z.array(text).optional().describe("arguments of sbatch as they are"),
};

const slurmSchema = z.strictObject({
  ...resources,
  attempts: count.default(3),
  setup: z.array(text).default([]).describe("lines of the script before the task, such as `module load`"),
  pollSeconds: z.number().positive().default(10),
  generate: z.strictObject(resources).default({}),
  encode: z.strictObject(resources).default({}),
  search: z.strictObject(resources).default({}),
  cells: z.strictObject(resources).default({}),
});

export type SlurmOptions = z.output<typeof slurmSchema>;
type Resources = Pick<SlurmOptions, keyof typeof resources>;

/**
 * Options of a cluster, from YAML.
 *
 * @param path undefined for the defaults
 * @throws {HarnessError} `SPEC_INVALID`, `FILE_MISSING`, `FILE_UNREADABLE`
 */
export async function readSlurmOptions(path: string | undefined): Promise<SlurmOptions> {
  if (path === undefined) return slurmSchema.parse({});
  let yaml: string;
  try {
    yaml = await readFile(path, "utf8");
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
  const source = parseYaml(yaml, path, () => false);
  const parsed = slurmSchema.safeParse(source.value ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = (issue?.path ?? []).filter((step) => typeof step !== "symbol");
  const keys = `Known are ${Object.keys(slurmSchema.shape).join(", ")}.`;
  throw new HarnessError("SPEC_INVALID", issue === undefined ? "invalid." : describeIssue(issue), {
    where: source.where(where),
    hint: issue?.code === "unrecognized_keys" ? keys : undefined,
  });
}

/** What a stage asks for: its own, else what all do. */
export function stageResources(options: SlurmOptions, stage: Stage["name"]): Resources {
  return { ...options, ...options[stage] };
}

/** Resources as arguments of sbatch. */
export function resourceArguments(asked: Resources): readonly string[] {
  const { partition, account, qos, time, mem, cpus, gres, constraint, extra = [] } = asked;
  const named = { partition, account, qos, time, mem, "cpus-per-task": cpus, gres, constraint };
  return [
    ...Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`])),
    ...extra,
  ];
}
