import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { HealthCheck } from "../../domain/health.ts";
import { HarnessError } from "../../errors.ts";
import { probeAddress } from "../../remote/probe-address.ts";
import { parseYaml } from "../../storage/yaml-source.ts";
import { loadPlan } from "../load-plan.ts";
import type { Workspace } from "../workspace.ts";

/** What a fragment of a run file says of its servers, whatever component it names. */
const servedSchema = z.looseObject({
  model: z.string(),
  servedModel: z.string().optional(),
  baseUrls: z.array(z.string()).min(1),
  apiKeyEnv: z.string().optional(),
});

type Served = z.output<typeof servedSchema>;

const modelList = z.looseObject({ data: z.array(z.looseObject({ id: z.string() })) });

/**
 * Whether a run file is valid, and its servers answer, take their keys and have their models. Every server is asked once for
 * its list of models.
 */
export async function checkServers(
  file: string,
  { cardFolders, secret, hub }: Pick<Workspace, "cardFolders" | "secret" | "hub">,
): Promise<readonly HealthCheck[]> {
  try {
    await loadPlan(file, cardFolders);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return [{ name: "run file", state: "fail", found: "not valid", hint: error.message }];
  }
  const { value } = parseYaml(await readFile(file, "utf8"), file, () => false);
  const checks: HealthCheck[] = [{ name: "run file", state: "ok", found: `${file} is valid`, hint: null }];
  for (const served of serversIn(value)) {
    const key = served.apiKeyEnv === undefined ? undefined : secret?.(served.apiKeyEnv);
    if (served.apiKeyEnv !== undefined && !key) {
      const hint = `Set it, or leave \`apiKeyEnv\` out of ${file}.`;
      checks.push({ name: "key", state: "fail", found: `${served.apiKeyEnv} is not set`, hint });
      continue;
    }
    for (const baseUrl of served.baseUrls) {
      const probe = await probeAddress(`${baseUrl.replace(/\/+$/, "")}/models`, { token: key, fetch: hub.fetch });
      checks.push(judge(baseUrl, served, probe));
    }
  }
  return checks;
}

/** Every part of a run file that names servers, each once. */
function serversIn(value: unknown): readonly Served[] {
  const found = new Map<string, Served>();
  function visit(part: unknown): void {
    const served = servedSchema.safeParse(part).data;
    if (served !== undefined) found.set(JSON.stringify([served.model, served.baseUrls, served.apiKeyEnv]), served);
    if (typeof part === "object" && part !== null) for (const inner of Object.values(part)) visit(inner);
  }
  visit(value);
  return [...found.values()];
}

function judge(
  baseUrl: string,
  { model, servedModel = model }: Served,
  probe: Awaited<ReturnType<typeof probeAddress>>,
): HealthCheck {
  const name = "server";
  if ("failure" in probe) {
    return { name, state: "fail", found: probe.failure, hint: "Start it, or mend `baseUrls`." };
  }
  const { status, body } = probe;
  if (status === 401 || status === 403) {
    return { name, state: "fail", found: `${baseUrl} refuses the key`, hint: "Check what `apiKeyEnv` names." };
  }
  if (status >= 500) {
    return { name, state: "fail", found: `${baseUrl} answers with status ${status}`, hint: "Look into its log." };
  }
  const models = modelsOf(body);
  if (status !== 200 || models === undefined) {
    const hint = "Some servers have no list; the first request will show.";
    return { name, state: "warn", found: `${baseUrl} answers and lists no models`, hint };
  }
  if (servedModel === "*" || models.includes(servedModel) || models.includes(model)) {
    return { name, state: "ok", found: `${baseUrl} answers and has ${model}`, hint: null };
  }
  const hint = `It has ${models.slice(0, 5).join(", ") || "none"}; name one of them, or set \`servedModel\`.`;
  return { name, state: "warn", found: `${baseUrl} answers and does not list ${model}`, hint };
}

function modelsOf(body: string): readonly string[] | undefined {
  try {
    return modelList.safeParse(JSON.parse(body)).data?.data.map(({ id }) => id);
  } catch {
    return undefined;
  }
}
