// A small hub on loopback, in a process of its own: an API host and a second host for large files. It ends with its parent,
// after two minutes, or after 2,000 requests. Started by tests/remote/hub-stand-in.ts.
import { createHash } from "node:crypto";
import { createServer } from "node:http";

const PAGE = 2;
let repositories = {};
let extra = {};
let rules = [];
let log = [];
let requests = 0;

const digest = (algorithm, ...parts) =>
  parts.reduce((hash, part) => hash.update(part), createHash(algorithm)).digest("hex");

function describe(path, { content, lfs }) {
  const bytes = Buffer.from(content, "base64");
  const blob = (data) => digest("sha1", `blob ${data.length}\0`, data);
  if (!lfs) return { type: "file", oid: blob(bytes), size: bytes.length, path };
  const sha256 = digest("sha256", bytes);
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256}\nsize ${bytes.length}\n`;
  return {
    type: "file",
    oid: blob(Buffer.from(pointer)),
    size: bytes.length,
    lfs: { oid: sha256, size: bytes.length, pointerSize: pointer.length },
    path,
  };
}

/** The first rule that fits is used up, unless it is for always. */
function takeRule(host, url) {
  const index = rules.findIndex((rule) => (rule.host ?? host) === host && url.includes(rule.url));
  const [rule] = index < 0 ? [] : rules.slice(index, index + 1);
  if (rule !== undefined && !rule.always) rules.splice(index, 1);
  return rule ?? {};
}

function sendBytes(request, response, bytes, rule) {
  const [, from] = /^bytes=(\d+)-$/.exec(rule.ignoreRange ? "" : (request.headers.range ?? "")) ?? [];
  const start = from === undefined ? 0 : Number(from);
  const headers = { etag: `"${digest("sha256", bytes)}"`, "accept-ranges": "bytes" };
  if (start >= bytes.length && start > 0) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  const body = Buffer.from(bytes.subarray(start));
  if (rule.flip && body.length > 0) body[Math.floor(body.length / 2)] ^= 1;
  headers["content-length"] = body.length;
  if (from !== undefined) headers["content-range"] = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
  response.writeHead(from === undefined ? 200 : 206, headers);
  if (rule.cut === undefined && rule.stall === undefined) {
    response.end(body);
    return;
  }
  const part = body.subarray(0, rule.cut ?? rule.stall);
  response.write(part, () => {
    if (rule.cut !== undefined) setTimeout(() => request.socket.destroy(), 20);
  });
}

function sendTree(repository, { headers }, response, { pathname, searchParams }) {
  const entries = [{ type: "directory", oid: "0".repeat(40), size: 0, path: "folder" }].concat(
    Object.entries(repository.files).map(([path, file]) => describe(path, file)),
  );
  const start = Number(searchParams.get("cursor") ?? 0);
  searchParams.set("cursor", start + PAGE);
  const next = `<http://${headers.host}${pathname}?${searchParams}>; rel="next"`;
  response.writeHead(200, start + PAGE < entries.length ? { link: next } : {});
  response.end(JSON.stringify(entries.slice(start, start + PAGE)));
}

function sendFile(file, request, response, { host, rule }) {
  if (file.lfs && host === "hub") {
    response.writeHead(302, { location: `http://localhost:${ports.cdn}${request.url}?signature=secret` }).end();
    return;
  }
  sendBytes(request, response, Buffer.from(file.content, "base64"), rule);
}

function sendHub(request, response, { host, rule }) {
  const url = new URL(request.url, "http://hub");
  // repositories of models are called `models/owner/name` here
  const path = url.pathname.replace(/^\/api\/datasets\//, "/api/").replace(/^(?=\/[^/]+\/[^/]+\/resolve\/)/, "/models");
  const api = /^\/api\/((?:models\/)?[^/]+\/[^/]+)\/(tree|revision)\/([^/]+)$/.exec(path);
  const resolve = /^\/(?:datasets\/)?((?:models\/)?[^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path);
  const fail = (code) => response.writeHead(404, { "x-error-code": code }).end("no");
  const repository = repositories[(api ?? resolve)?.[1]];
  if (repository === undefined) return fail("RepoNotFound");
  if (!["main", repository.commit].includes(api?.[3] ?? resolve[2])) return fail("RevisionNotFound");
  if (api?.[2] === "revision") return response.writeHead(200).end(JSON.stringify({ sha: repository.commit }));
  if (api !== null) return sendTree(repository, request, response, url);
  const file = repository.files[decodeURIComponent(resolve[3])];
  return file === undefined ? fail("EntryNotFound") : sendFile(file, request, response, { host, rule });
}

function answer(host, request, response) {
  requests += 1;
  if (requests > 2_000) process.exit(1);
  const { url, headers, method } = request;
  log.push({ host, method, url, authorization: headers.authorization ?? null, range: headers.range ?? null });
  const rule = takeRule(host, url);
  if (rule.status !== undefined) return response.writeHead(rule.status, rule.headers ?? {}).end("no");
  const other = extra[url];
  if (other !== undefined) return sendBytes(request, response, Buffer.from(other, "base64"), rule);
  return sendHub(request, response, { host, rule });
}

const ports = {};
for (const host of ["hub", "cdn"]) {
  const server = createServer((request, response) => answer(host, request, response));
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  ports[host] = server.address().port;
}

process.on("disconnect", () => process.exit(0));
setTimeout(() => process.exit(1), 120_000);
process.on("message", (message) => {
  if (message.repositories !== undefined) repositories = message.repositories;
  if (message.extra !== undefined) extra = message.extra;
  if (message.rules !== undefined) rules = message.rules;
  process.send({ log });
  if (message.forget) log = [];
});
process.send({ ports });
