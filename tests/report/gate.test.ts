import { describe, expect, it } from "vitest";
import type { GateCheck, GateReport } from "../../harness/domain/gate.ts";
import { gateAnnotations, gateJunit, gateMarkdown, gateOutputs, renderGate } from "../../harness/report/gate.ts";

function check(verdict: GateCheck["verdict"], rest: Partial<GateCheck> = {}): GateCheck {
  return {
    ...{ cell: "demo@bm25", dataset: "demo", measure: "nDCG@10", verdict, reasons: ["because."] },
    ...{ baseline: 0.5, candidate: 0.45, ...rest },
  };
}

function reportOf(checks: readonly GateCheck[], rest: Partial<GateReport> = {}): GateReport {
  return { name: "quick", blessed: "a".repeat(64), allowInconclusive: false, verdict: "regress", checks, ...rest };
}

const five = reportOf(
  (["pass", "inconclusive", "regress", "stale", "incomparable"] as const).map((verdict) => check(verdict)),
);

describe("renderGate", () => {
  it("shows every check, and why one did not pass", async () => {
    const text = await renderGate(five);
    expect(text).toMatch(/│ demo@bm25 │ nDCG@10 │ +0\.5000 │ 0\.4500 │ +-0\.0500 │ regress +│/);
    expect(text).toContain("gate quick: regress. 1 of 5 checks passed, beside result aaaaaaaaaaaa.");
    expect(text).toContain("- demo@bm25, nDCG@10: stale: because.");
    expect(text).not.toContain("pass: because");
  });
});

describe("gateJunit", () => {
  it("has a case a check: failures are regressions, errors what could not be decided", () => {
    const xml = gateJunit(five);
    expect(xml).toContain('<testsuite name="gate quick" tests="5" failures="1" errors="3" skipped="0">');
    expect(xml.match(/<testcase /g)).toHaveLength(5);
    expect(xml.match(/<failure /g)).toHaveLength(1);
    expect(xml.match(/<error /g)).toHaveLength(3);
  });

  it("skips what could not be decided when that is allowed", () => {
    const xml = gateJunit({ ...five, allowInconclusive: true });
    expect(xml).toContain('errors="0" skipped="3"');
    expect(xml.match(/<skipped /g)).toHaveLength(3);
  });

  it("escapes what XML would take for markup", () => {
    const xml = gateJunit(reportOf([check("regress", { cell: 'a"<b>&', reasons: ["x < y."] })]));
    expect(xml).toContain('classname="a&quot;&lt;b&gt;&amp;"');
    expect(xml).toContain("x &lt; y.");
  });
});

describe("gateMarkdown", () => {
  it("keeps below a mebibyte and counts what it leaves out", () => {
    const text = gateMarkdown(reportOf(Array.from({ length: 30_000 }, () => check("pass"))));
    expect(Buffer.byteLength(text)).toBeLessThan(2 ** 20);
    expect(text).toMatch(/\n[\d,]+ lines left out\.\n$/);
  });

  it("has as many cells in every row as in its head, whatever a name holds", () => {
    const text = gateMarkdown(reportOf([check("pass", { cell: "a|b" })]));
    const rows = text.split("\n").filter((line) => line.startsWith("|"));
    expect(new Set(rows.map((row) => row.replaceAll("\\|", "").split("|").length)).size).toBe(1);
  });
});

describe("gateAnnotations", () => {
  it("are ten at most, regressions first", () => {
    const checks = [...Array.from({ length: 12 }, () => check("stale")), check("regress"), check("pass")];
    const lines = gateAnnotations(reportOf(checks));
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe("::error title=regress%3A demo@bm25 nDCG@10::demo@bm25, nDCG@10: regress: because.");
  });

  it("escape what would end a command", () => {
    const [line] = gateAnnotations(reportOf([check("regress", { cell: "a,b", reasons: ["50 % less."] })]));
    expect(line).toBe("::error title=regress%3A a%2Cb nDCG@10::a,b, nDCG@10: regress: 50 %25 less.");
  });
});

describe("gateOutputs", () => {
  it("has the verdict and the counts", () => {
    expect(gateOutputs(five)).toBe("verdict=regress\npass=1\nregress=1\ninconclusive=1\nstale=1\nincomparable=1\n");
  });
});
