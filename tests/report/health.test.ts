import { describe, expect, it } from "vitest";
import { renderHealth } from "../../harness/report/health.ts";

describe("renderHealth", () => {
  it("writes a line a check, with what to do", () => {
    expect(
      renderHealth([
        { name: "node", state: "ok", found: "22.1.0", hint: null },
        { name: "engine x", state: "warn", found: "not\u001b[2J there", hint: "Install it." },
      ]),
    ).toBe("ok    node      22.1.0\nwarn  engine x  not [2J there. Install it.\n");
  });
});
