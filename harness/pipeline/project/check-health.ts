import { constants } from "node:fs";
import { access, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import type { HealthCheck } from "../../domain/health.ts";
import { createEngine, engines } from "../../engine/registry.ts";
import { HarnessError } from "../../errors.ts";
import type { HubSettings } from "../../remote/hub-settings.ts";
import { probeAddress } from "../../remote/probe-address.ts";
import { formatBytes } from "../../runtime/progress.ts";
import type { Workspace } from "../workspace.ts";
import { checkServers } from "./check-servers.ts";

/** What is there to work on. */
export type Machine = { readonly node: string; readonly availableBytes: number };

/** What package.json says under `engines`. */
export const LEAST_NODE = "20.19";

/** Less than this ends in trouble soon; less than the second with vectors of a large corpus. */
const LEAST_DISK = 100e6;
const COMFORTABLE_DISK = 5e9;

/** What a dense retriever takes unless it names another. */
const DEFAULT_ENGINE: keyof typeof engines = "auto";

/**
 * Looks at everything that work depends on: node, memory, disk, cache, engines, the hub, and the servers of a run file.
 * Changes nothing and asks every address once.
 */
export async function checkHealth(
  workspace: Workspace,
  { machine, file }: { readonly machine: Machine; readonly file: string | undefined },
): Promise<readonly HealthCheck[]> {
  return [
    checkNode(machine),
    checkMemory(machine, workspace),
    await checkDisk("disk of results", workspace.out),
    await checkDisk("disk of cache", workspace.cache),
    await checkCache(workspace.cache),
    ...(await checkEngines(workspace)),
    await checkHub(workspace.hub),
    ...(file === undefined ? [] : await checkServers(file, workspace)),
  ];
}

function checkNode({ node }: Machine): HealthCheck {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST_NODE.split(".").map(Number);
  const isEnough = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  return isEnough ? ok("node", node) : fail("node", node, `Install Node ${LEAST_NODE} or newer.`);
}

function checkMemory({ availableBytes }: Machine, { compute }: Workspace): HealthCheck {
  const found = `${formatBytes(availableBytes)} free, ${formatBytes(compute.maxBytes)} for searching vectors`;
  if (availableBytes >= compute.maxBytes) return ok("memory", found);
  return warn("memory", found, "Give less to a run with `--max-ram`; it then makes more passes.");
}

async function checkDisk(name: string, folder: string): Promise<HealthCheck> {
  const place = await nearestFolder(folder);
  const { bavail, bsize } = await statfs(place);
  const free = bavail * bsize;
  const found = `${formatBytes(free)} free at ${place}`;
  if (free < LEAST_DISK) return fail(name, found, "Free some space, or choose another place.");
  return free < COMFORTABLE_DISK ? warn(name, found, "`spikebench plan FILE` says what a run needs.") : ok(name, found);
}

async function checkCache(folder: string): Promise<HealthCheck> {
  const place = await nearestFolder(folder);
  try {
    await access(place, constants.W_OK | constants.X_OK);
    return ok("cache", place === folder ? folder : `${folder}, to be made`);
  } catch {
    return fail("cache", `${place} cannot be written to`, "Set SPIKEBENCH_CACHE to a folder of yours.");
  }
}

/** The folder itself, or the nearest above it that is there. */
async function nearestFolder(folder: string): Promise<string> {
  const facts = await stat(folder).catch(() => undefined);
  if (facts?.isDirectory() === true || dirname(folder) === folder) return folder;
  return await nearestFolder(dirname(folder));
}

/** Each engine, none of which has to be there, and which one is taken where a run file names none: that one has to. */
async function checkEngines({ compute }: Workspace): Promise<readonly HealthCheck[]> {
  const checks: HealthCheck[] = [];
  for (const kind of Object.keys(engines)) {
    const name = `engine ${kind}`;
    const isDefault = kind === DEFAULT_ENGINE;
    try {
      const engine = await createEngine({ kind }, compute).open();
      await engine.close();
      checks.push(ok(name, isDefault ? `takes ${describe(engine.identity)}` : "runs"));
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      const state = isDefault ? "fail" : "ok";
      checks.push({ name, state, found: "not available", hint: error.hint ?? error.message });
    }
  }
  return checks;
}

function describe(identity: unknown): string {
  const known = z.looseObject({ kind: z.string() }).safeParse(identity).data;
  return known?.kind ?? "an engine";
}

/** Source: huggingface_hub, hf_api.py (whoami), which asks with a token who it belongs to. */
async function checkHub({ endpoint, token, offline, fetch: fetchUrl }: HubSettings): Promise<HealthCheck> {
  if (offline) return ok("hub", "offline, as HF_HUB_OFFLINE says");
  const probe = await probeAddress(`${endpoint}/api/whoami-v2`, { token, fetch: fetchUrl });
  const fetched = "What was fetched before can be used; check the network and HF_ENDPOINT for the rest.";
  if ("failure" in probe) return warn("hub", probe.failure, fetched);
  const refuses = probe.status === 401 || probe.status === 403;
  if (token === undefined && (refuses || probe.status === 200)) {
    return ok("hub", `${endpoint} answers; no token, so public repositories only`);
  }
  if (probe.status === 200) return ok("hub", `${endpoint} answers and knows the token`);
  if (refuses) return fail("hub", `${endpoint} refuses the token`, "Make a new one, and set HF_TOKEN.");
  return warn("hub", `${endpoint} answers with status ${probe.status}`, fetched);
}

function ok(name: string, found: string): HealthCheck {
  return { name, state: "ok", found, hint: null };
}

function warn(name: string, found: string, hint: string): HealthCheck {
  return { name, state: "warn", found, hint };
}

function fail(name: string, found: string, hint: string): HealthCheck {
  return { name, state: "fail", found, hint };
}
