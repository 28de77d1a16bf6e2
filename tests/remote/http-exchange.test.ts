import { describe, expect, it } from "vitest";
import { HarnessError } from "../../harness/errors.ts";
import { exchange } from "../../harness/remote/http-exchange.ts";

type Seen = { readonly url: string; readonly authorization: string | null };

/** Asks for `url` of a web that only redirects; an address without a redirect answers "here". */
async function follow(url: string, redirects: Readonly<Record<string, string>>) {
  const seen: Seen[] = [];
  const web: typeof fetch = (input, init) => {
    const address = String(input);
    seen.push({ url: address, authorization: new Headers(init?.headers).get("authorization") });
    const location = redirects[address];
    const answer =
      location === undefined ? new Response("here") : new Response(null, { status: 302, headers: { location } });
    return Promise.resolve(answer);
  };
  const result = await exchange(
    {
      url,
      credentials: { origin: "https://hub.example", token: "secret" },
      refuse: ({ status }) => new HarnessError("REMOTE_REFUSED", String(status)),
      use: (response) => response.text(),
    },
    { fetch: web },
  );
  return { result, seen };
}

describe("exchange", () => {
  it("sends the token to its origin only, also on the way back", async () => {
    const { seen } = await follow("https://hub.example/a", {
      "https://hub.example/a": "/b",
      "https://hub.example/b": "https://cdn.example/c",
      "https://cdn.example/c": "https://hub.example:444/d",
      "https://hub.example:444/d": "https://hub.example/e",
    });
    expect(seen.map(({ authorization }) => authorization !== null)).toEqual([true, true, false, false, true]);
  });

  it.each([
    { why: "from https to http", location: "http://hub.example/b" },
    { why: "to something else than http", location: "file:///etc/passwd" },
    { why: "in circles", location: "https://hub.example/a" },
  ])("does not follow redirects $why", async ({ location }) => {
    await expect(follow("https://hub.example/a", { "https://hub.example/a": location })).rejects.toMatchObject({
      code: "REMOTE_REFUSED",
    });
  });

  it("refuses an address that is none", async () => {
    await expect(follow("hub.example", {})).rejects.toMatchObject({ code: "REMOTE_REFUSED" });
  });

  it("names the address without its query, which may hold a signature, when nobody answers", async () => {
    const failing = exchange(
      {
        url: "http://localhost:1/file?signature=secret",
        refuse: ({ status }) => new HarnessError("REMOTE_REFUSED", String(status)),
        use: (response) => response.text(),
      },
      { pause: { sleep: () => Promise.resolve(), random: () => 0 } },
    );
    await expect(failing).rejects.toMatchObject({ code: "REMOTE_UNREACHABLE", where: "http://localhost:1/file" });
  });
});
