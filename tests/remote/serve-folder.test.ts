import { mkdir, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FolderServer, serveFolder } from "../../harness/remote/serve-folder.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
const renderListing = ({ path, names }: { path: string; names: readonly string[] }) => `${path}: ${names.join(" ")}`;
let server: FolderServer;

beforeAll(async () => {
  for (const name of ["root/report", "root/.hidden", "root-beside"])
    await mkdir(folder.path(name), { recursive: true });
  await folder.write("secret.txt", "secret");
  await folder.write("root-beside/secret.txt", "secret");
  await folder.write("root/report/index.html", "<p>report</p>");
  await folder.write("root/report/chart é.svg", "<svg/>");
  await folder.write("root/report/data.csv", "a,b\r\n");
  await folder.write("root/report/odd.xyz", "odd");
  await folder.write("root/.hidden/file.txt", "secret");
  await symlink(folder.path("secret.txt"), folder.path("root/link.txt"));
  await symlink(folder.path("root-beside"), folder.path("root/linked"));
  await symlink(folder.path("root/report/data.csv"), folder.path("root/inside.csv"));
  server = await serveFolder(folder.path("root"), { port: 0, renderListing });
});
afterAll(() => server.close());

type Answer = { status: number; headers: Readonly<Record<string, unknown>>; body: string };

/** A request as it stands: `fetch` would tidy the path up. */
async function ask(path: string, { method = "GET", host }: { method?: string; host?: string } = {}): Promise<Answer> {
  const { hostname, port } = new URL(server.origin);
  return await new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    const sent = request({ hostname, port, path, method, headers, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    sent.on("error", reject).end();
  });
}

describe("serveFolder", () => {
  it.each([
    { path: "/report/", type: "text/html; charset=utf-8", body: "<p>report</p>" },
    { path: "/report/index.html?query=1", type: "text/html; charset=utf-8", body: "<p>report</p>" },
    { path: "/report/chart%20%C3%A9.svg", type: "image/svg+xml; charset=utf-8", body: "<svg/>" },
    { path: "/report/data.csv", type: "text/csv; charset=utf-8", body: "a,b\r\n" },
    { path: "/report/odd.xyz", type: "application/octet-stream", body: "odd" },
    { path: "/inside.csv", type: "text/csv; charset=utf-8", body: "a,b\r\n" },
    { path: "/", type: "text/html; charset=utf-8", body: ": inside.csv link.txt linked report/" },
  ])("answers $path as $type", async ({ path, type, body }) => {
    expect(await ask(path)).toMatchObject({
      status: 200,
      body,
      headers: {
        "content-type": type,
        "content-length": `${Buffer.byteLength(body)}`,
        "x-content-type-options": "nosniff",
      },
    });
  });

  it.each([
    ...["/../secret.txt", "/report/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/report%2findex.html"],
    ...["//secret.txt", "/..\\secret.txt", "/%2e%2e%5csecret.txt", "/%00", "/report/index.html%00.txt", "/%E0%A4%A"],
    ...["/link.txt", "/linked/secret.txt", "/linked/", "/../root-beside/secret.txt", "/.hidden/file.txt", "/none"],
    ...["http://elsewhere/secret.txt", "*", "/report//index.html", "/./report/index.html"],
  ])("has nothing at %s", async (path) => {
    const { status, body } = await ask(path);
    expect(body).not.toContain("secret");
    expect(status).toBe(404);
  });

  it("names the folder when its slash is missing, and sends nothing elsewhere", async () => {
    expect(await ask("/report")).toMatchObject({ status: 301, headers: { location: "/report/" } });
  });

  it("answers HEAD without a body, and no other method", async () => {
    expect(await ask("/report/data.csv", { method: "HEAD" })).toMatchObject({
      status: 200,
      body: "",
      headers: { "content-length": "5" },
    });
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      expect(await ask("/report/data.csv", { method })).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
    }
  });

  it("refuses a request that names another host", async () => {
    const { port } = new URL(server.origin);
    expect((await ask("/report/", { host: `evil.example:${port}` })).status).toBe(403);
    expect((await ask("/report/", { host: "127.0.0.1" })).status).toBe(403);
    expect((await ask("/report/", { host: `localhost:${port}` })).status).toBe(200);
  });

  it("lets a page load what lies beside it and nothing else, on every answer", async () => {
    for (const path of ["/report/", "/none", "/report"]) {
      const { headers } = await ask(path);
      expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; .*frame-ancestors 'none'$/);
      expect(headers).toMatchObject({ "referrer-policy": "no-referrer", "cache-control": "no-store" });
    }
  });

  it("listens on the loopback address alone", () => {
    expect(new URL(server.origin).hostname).toBe("127.0.0.1");
  });

  it("says when the port is taken, or the folder is none", async () => {
    const port = Number(new URL(server.origin).port);
    await expect(serveFolder(folder.path("root"), { port, renderListing })).rejects.toMatchObject({ code: "USAGE" });
    await expect(serveFolder(folder.path("nowhere"), { port: 0, renderListing })).rejects.toMatchObject({
      code: "FILE_MISSING",
    });
  });

  it("ends while a reader is connected", async () => {
    await writeFile(folder.path("root/large.txt"), Buffer.alloc(2 ** 24));
    const own = await serveFolder(folder.path("root"), { port: 0, renderListing });
    const response = await fetch(`${own.origin}/large.txt`);
    await own.close();
    await expect(response.text()).rejects.toThrow();
    await expect(fetch(own.origin)).rejects.toThrow();
  });
});
