import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { isSafePath } from "../storage/safe-path.ts";
import { type Exchange, exchange, type Network, shown } from "./http-exchange.ts";
import type { HubFile } from "./hub-file.ts";
import { type HubRequest, hubRefusal } from "./hub-refusal.ts";
import type { HubSettings } from "./hub-settings.ts";

const revisionSchema = z.object({ sha: z.string().regex(/^[0-9a-f]{40}$/) });

const treeSchema = z.array(
  z.object({
    type: z.string(),
    path: z.string(),
    size: z.number().int().nonnegative().default(0),
    oid: z.string(),
    lfs: z.object({ oid: z.string().regex(/^[0-9a-f]{64}$/), size: z.number().int().nonnegative() }).nullish(),
  }),
);

const MOST_PAGES = 10_000;

/**
 * The commit that a branch, tag or commit of a repository names now.
 *
 * @throws {HarnessError} `REMOTE_REFUSED`, `REMOTE_UNREACHABLE`
 */
export async function resolveRevision(asked: HubRequest, hub: HubSettings, network: Network): Promise<string> {
  const revision = encodeURIComponent(asked.revision);
  const url = `${hub.endpoint}/api/${asked.kind}/${asked.repository}/revision/${revision}`;
  return (await readJson({ url, schema: revisionSchema, asked }, hub, network)).value.sha;
}

/**
 * All files of a repository at a commit, in the hub's order.
 *
 * @throws {HarnessError} `REMOTE_REFUSED`, also for paths that would leave the folder they are put into;
 *   `REMOTE_UNREACHABLE`
 */
export async function listTree(asked: HubRequest, hub: HubSettings, network: Network): Promise<readonly HubFile[]> {
  const files: HubFile[] = [];
  const seen = new Set<string>();
  let url: string | undefined =
    `${hub.endpoint}/api/${asked.kind}/${asked.repository}/tree/${asked.revision}?recursive=true&expand=false`;
  while (url !== undefined) {
    if (seen.has(url) || seen.size >= MOST_PAGES) {
      throw new HarnessError("REMOTE_REFUSED", "the listing has no end.", { where: shown(url) });
    }
    seen.add(url);
    const page: { value: z.output<typeof treeSchema>; next: string | undefined } = await readJson(
      { url, schema: treeSchema, asked },
      hub,
      network,
    );
    for (const { type, path, size, oid, lfs } of page.value) {
      if (type !== "file") continue;
      if (!isSafePath(path)) {
        throw new HarnessError("REMOTE_REFUSED", `\`${path}\` is not a path that files may have.`, {
          where: shown(url),
        });
      }
      files.push({ path, size: lfs?.size ?? size, oid, sha256: lfs?.oid });
    }
    url = page.next;
  }
  return files;
}

/** Where the bytes of a file are; the hub redirects large ones to another host. */
export function fileUrl({ kind, repository, revision, path = "" }: HubRequest, { endpoint }: HubSettings): string {
  // models have no prefix there
  const root = kind === "models" ? endpoint : `${endpoint}/${kind}`;
  return `${root}/${repository}/resolve/${revision}/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** Credentials and refusals of every request to the hub. */
export function hubTerms(asked: HubRequest, hub: HubSettings): Pick<Exchange<unknown>, "credentials" | "refuse"> {
  return {
    credentials:
      hub.token === undefined || !URL.canParse(hub.endpoint)
        ? undefined
        : { origin: new URL(hub.endpoint).origin, token: hub.token },
    refuse: (response) => hubRefusal(asked, response, hub),
  };
}

type JsonRequest<Schema extends z.ZodType> = {
  readonly url: string;
  readonly schema: Schema;
  readonly asked: HubRequest;
};

async function readJson<Schema extends z.ZodType>(
  { url, schema, asked }: JsonRequest<Schema>,
  hub: HubSettings,
  network: Network,
): Promise<{ value: z.output<Schema>; next: string | undefined }> {
  return await exchange(
    {
      url,
      ...hubTerms(asked, hub),
      async use(response) {
        const parsed = schema.safeParse(parseJson(await response.text()));
        if (parsed.success) return { value: parsed.data, next: nextPage(response, url) };
        throw new HarnessError("REMOTE_REFUSED", "the answer is not what the hub's interface gives.", {
          where: shown(url),
          hint: "Check HF_ENDPOINT: does the address belong to a hub?",
          cause: parsed.error,
        });
      },
    },
    network,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `Link: <...>; rel="next"` (RFC 8288). */
function nextPage({ headers }: Response, url: string): string | undefined {
  const next = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(headers.get("link") ?? "")?.[1];
  return next === undefined || !URL.canParse(next, url) ? undefined : new URL(next, url).href;
}
