import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Pause } from "../runtime/retry.ts";

/** Where the hub is and how to talk to it. The token goes to the endpoint's origin and to no other. */
export type HubSettings = {
  readonly endpoint: string;
  /** The hub's standard cache, shared with Python's huggingface_hub. */
  readonly cacheFolder: string;
  readonly token: string | undefined;
  readonly offline: boolean;
  /** For tests; the global `fetch` otherwise. */
  readonly fetch?: typeof fetch;
  /** For tests; real waiting and chance otherwise. */
  readonly pause?: Pause;
  /** Milliseconds of silence after which a connection counts as cut; a minute unless told. */
  readonly stallMs?: number;
};

/**
 * The settings that huggingface_hub would take from the same environment: HF_ENDPOINT, HF_HOME, HF_HUB_CACHE, HF_TOKEN,
 * HF_TOKEN_PATH, HF_HUB_OFFLINE and XDG_CACHE_HOME, and the older names of three of them. Empty means unset.
 *
 * @param home the user's home folder, which a leading `~` stands for
 * Source: huggingface_hub, src/huggingface_hub/constants.py and utils/_auth.py
 */
export function hubSettings(env: Readonly<Record<string, string | undefined>>, home: string): HubSettings {
  const folder = (path: string) => resolve(path.replace(/^~(?=$|[/\\])/, () => home));
  const hubHome = folder(env["HF_HOME"] || join(env["XDG_CACHE_HOME"] || join(home, ".cache"), "huggingface"));
  const token = cleanToken(env["HF_TOKEN"]) ?? cleanToken(env["HUGGING_FACE_HUB_TOKEN"]);
  return {
    endpoint: (env["HF_ENDPOINT"] || "https://huggingface.co").replace(/\/+$/, ""),
    cacheFolder: folder(env["HF_HUB_CACHE"] || env["HUGGINGFACE_HUB_CACHE"] || join(hubHome, "hub")),
    token: token ?? readToken(folder(env["HF_TOKEN_PATH"] || join(hubHome, "token"))),
    offline: isTrue(env["HF_HUB_OFFLINE"]) || isTrue(env["TRANSFORMERS_OFFLINE"]),
  };
}

function isTrue(value: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(value ?? "");
}

/** Pasted tokens often carry a line break, which no HTTP header may hold. */
function cleanToken(value: string | undefined): string | undefined {
  return value?.replaceAll(/[\r\n]/g, "").trim() || undefined;
}

/** Without a file there is no token; a set that needs one then says so. */
function readToken(path: string): string | undefined {
  try {
    return cleanToken(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
