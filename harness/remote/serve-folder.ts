import { createReadStream } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { HarnessError } from "../errors.ts";
import { isSafePath } from "../storage/safe-path.ts";

/** What is below a folder: names, those of folders with `/` at the end, ascending. */
type FolderListing = { readonly path: string; readonly names: readonly string[] };

export type ServeOptions = {
  /** 0 takes a free one. */
  readonly port: number;
  /** HTML of a folder without index.html. */
  readonly renderListing: (listing: FolderListing) => string;
};

export type FolderServer = { readonly origin: string; close(): Promise<void> };

const LOOPBACK = "127.0.0.1";
const MOST_CONNECTIONS = 64;

/** Pages may run what they hold, and load what lies beside them; nothing else. A page's own policy can only be stricter. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
} as const;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml; charset=utf-8",
  ".png": "image/png",
  ".csv": "text/csv; charset=utf-8",
  ".md": "text/plain; charset=utf-8",
  ".tex": "text/plain; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
};

/**
 * Serves the files below a folder to this machine alone, for reading: GET and HEAD, no file whose real place is outside
 * the folder, none whose name begins with a dot. A request that names another host is refused, so that a page of the
 * web cannot read along (DNS rebinding).
 *
 * @throws {HarnessError} `FILE_MISSING` when there is no such folder; `USAGE` when the port cannot be had
 */
export async function serveFolder(folder: string, { port, renderListing }: ServeOptions): Promise<FolderServer> {
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined) throw new HarnessError("FILE_MISSING", "expected a folder, found none.", { where: folder });
  const server = createServer((request, response) => {
    answer(request, response, { root, server, renderListing }).catch(() => {
      // whatever went wrong, its text stays here
      if (!response.headersSent) refuse(response, 500);
      else response.destroy();
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, port);
  return {
    origin: `http://${LOOPBACK}:${portOf(server)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(
        new HarnessError("USAGE", `expected a free port, port ${port} cannot be had (${cause.code}).`, {
          where: "--port",
          hint: "Without `--port` a free one is taken.",
          cause,
        }),
      );
    });
    server.listen(port, LOOPBACK, resolve);
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return address === null || typeof address === "string" ? 0 : address.port;
}

type Serving = Pick<ServeOptions, "renderListing"> & { readonly root: string; readonly server: Server };

async function answer(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  const { host } = request.headers;
  const port = portOf(serving.server);
  if (host !== `${LOOPBACK}:${port}` && host !== `localhost:${port}`) return refuse(response, 403);
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    return refuse(response, 405);
  }
  const path = requestedPath(request.url ?? "");
  if (path === undefined) return refuse(response, 404);
  const place = await placeOf(path, serving.root);
  if (place === undefined) return refuse(response, 404);
  if (place.isFolder) return await answerFolder(request, response, { ...serving, path, file: place.file });
  await sendFile(request, response, place.file);
}

/** The path below the root, `/` between its parts; undefined for one that could lead elsewhere or is hidden. */
function requestedPath(url: string): string | undefined {
  const [path = ""] = url.split("?");
  if (!path.startsWith("/")) return undefined;
  let parts: readonly string[];
  try {
    // an encoded slash stays within its part, where it is refused
    parts = path.slice(1).replace(/\/$/, "").split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
  if (parts.length === 1 && parts[0] === "") return "";
  const isHidden = parts.some((part) => part.startsWith(".") || part.includes("/"));
  const joined = parts.join("/");
  return isHidden || !isSafePath(joined) ? undefined : joined;
}

type Place = { readonly file: string; readonly isFolder: boolean };

/** Where a path really is, links followed; undefined outside the root. */
async function placeOf(path: string, root: string): Promise<Place | undefined> {
  const file = await realpath(join(root, path)).catch(() => undefined);
  if (file === undefined || (file !== root && !file.startsWith(`${root}${sep}`))) return undefined;
  const facts = await stat(file);
  if (facts.isDirectory()) return { file, isFolder: true };
  return facts.isFile() ? { file, isFolder: false } : undefined;
}

async function answerFolder(
  request: IncomingMessage,
  response: ServerResponse,
  { path, file, root, renderListing }: Serving & { readonly path: string; readonly file: string },
): Promise<void> {
  const [asked = ""] = (request.url ?? "").split("?");
  if (!asked.endsWith("/")) {
    // what lies beside the page is found from here on
    response.setHeader("location", `${asked}/`);
    return refuse(response, 301);
  }
  const index = await placeOf(path === "" ? "index.html" : `${path}/index.html`, root);
  if (index?.isFolder === false) return await sendFile(request, response, index.file);
  const entries = await readdir(file, { withFileTypes: true });
  const names = entries
    .filter(({ name }) => !name.startsWith("."))
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort();
  const html = Buffer.from(renderListing({ path, names }));
  response.writeHead(200, { "content-type": TYPES[".html"], "content-length": html.length });
  response.end(request.method === "HEAD" ? undefined : html);
}

async function sendFile(request: IncomingMessage, response: ServerResponse, file: string): Promise<void> {
  const { size } = await stat(file);
  const type = TYPES[extname(file).toLowerCase()] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": type, "content-length": size });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  await pipeline(createReadStream(file), response);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-type": TYPES[".txt"] });
  response.end(`${status}\n`);
}
