import { Script } from "node:vm";
import { describe, expect, it } from "vitest";
import { readClientScript, readStyle } from "../../../harness/report/page/client-script.ts";

describe("readClientScript", () => {
  it("gives one script that imports and exports nothing, and is one for a parser", async () => {
    const script = await readClientScript();
    expect(script).not.toMatch(/^\s*(import|export) /m);
    expect(() => new Script(script)).not.toThrow();
  });

  it("sets texts by textContent alone, and can end no element", async () => {
    const script = await readClientScript();
    expect(script).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|<\/script|<!--/);
  });
});

describe("readStyle", () => {
  it("asks for no file", async () => expect(await readStyle()).not.toMatch(/url\(|@import|<\//));
});
