import type { GateCheck, GateReport } from "../domain/gate.ts";
import { countText, differenceText, oneLine, plural, valueText } from "./figure-text.ts";
import { markdownText } from "./markdown-text.ts";
import { renderTable } from "./terminal-table.ts";
import { NOTHING } from "./text-table.ts";

/** GitHub shows no more than ten annotations of a step. */
const MOST_ANNOTATIONS = 10;

/** Bytes that a step summary may have, and some to spare. */
const MOST_SUMMARY_BYTES = 1_000_000;

/** The gate's verdicts for a terminal: every check, then the reasons of those that did not pass. */
export async function renderGate(report: GateReport): Promise<string> {
  const head = ["cell", "measure", "baseline", "now", "difference", "verdict"];
  const rows = report.checks.map(rowOf);
  const table = await renderTable(head, rows, { align: ["left", "left", "right", "right", "right", "left"] });
  const reasons = report.checks.filter(hasTrouble).map((check) => `- ${sentence(check)}`);
  return `${[gateTitle(report), table, ...reasons].join("\n")}\n`;
}

/** The same as Markdown, for a step summary. What would make it too long is left out, and counted. */
export function gateMarkdown(report: GateReport): string {
  const trouble = report.checks.filter(hasTrouble);
  const lines = [
    `### ${markdownText(gateTitle(report))}`,
    "",
    ...trouble.map((check) => `- ${markdownText(sentence(check))}`),
    ...(trouble.length === 0 ? [] : [""]),
    "| cell | measure | baseline | now | difference | verdict |",
    "| :--- | :--- | ---: | ---: | ---: | :--- |",
    ...report.checks.map((check) => `| ${rowOf(check).map(markdownText).join(" | ")} |`),
  ];
  let bytes = 0;
  const kept = lines.filter((line) => {
    bytes += Buffer.byteLength(line) + 1;
    return bytes <= MOST_SUMMARY_BYTES;
  });
  const left = lines.length - kept.length;
  return `${kept.join("\n")}\n${left === 0 ? "" : `\n${plural(left, "line")} left out.\n`}`;
}

/** One test case a check, for whatever shows JUnit XML. */
export function gateJunit({ name, checks, allowInconclusive }: GateReport): string {
  const failures = checks.filter(({ verdict }) => verdict === "regress").length;
  const undecided = checks.filter(hasTrouble).length - failures;
  const counts = allowInconclusive ? `errors="0" skipped="${undecided}"` : `errors="${undecided}" skipped="0"`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites><testsuite name="${escapeXml(`gate ${name}`)}" tests="${checks.length}" failures="${failures}" ${counts}>`,
    ...checks.map((check) => {
      const opening = `<testcase classname="${escapeXml(check.cell)}" name="${escapeXml(check.measure)}"`;
      if (!hasTrouble(check)) return `${opening}/>`;
      const message = escapeXml(sentence(check));
      if (check.verdict === "regress") return `${opening}><failure message="${message}"/></testcase>`;
      return `${opening}><${allowInconclusive ? "skipped" : "error"} message="${message}"/></testcase>`;
    }),
    "</testsuite></testsuites>",
  ];
  return `${lines.join("\n")}\n`;
}

/** Workflow commands that GitHub shows beside a step: regressions first, ten at most. */
export function gateAnnotations({ checks }: GateReport): readonly string[] {
  const regressed = checks.filter(({ verdict }) => verdict === "regress");
  const others = checks.filter((check) => hasTrouble(check) && check.verdict !== "regress");
  return [...regressed, ...others].slice(0, MOST_ANNOTATIONS).map((check) => {
    const title = `${check.verdict}: ${check.cell} ${check.measure}`;
    return `::error title=${escapeProperty(title)}::${escapeData(sentence(check))}`;
  });
}

/** Lines for `$GITHUB_OUTPUT`. */
export function gateOutputs({ verdict, checks }: GateReport): string {
  const count = (of: GateCheck["verdict"]) => checks.filter((check) => check.verdict === of).length;
  const counts = (["pass", "regress", "inconclusive", "stale", "incomparable"] as const).map(
    (one) => `${one}=${count(one)}`,
  );
  return `verdict=${verdict}\n${counts.join("\n")}\n`;
}

function gateTitle({ name, verdict, checks, blessed }: GateReport): string {
  const passed = checks.filter((check) => check.verdict === "pass").length;
  return `gate ${name}: ${verdict}. ${countText(passed)} of ${plural(checks.length, "check")} passed, beside result ${blessed.slice(0, 12)}.`;
}

function rowOf({ cell, measure, baseline, candidate, verdict }: GateCheck): readonly string[] {
  const difference = baseline === null || candidate === null ? NOTHING : differenceText(candidate - baseline);
  const text = (value: number | null) => (value === null ? NOTHING : valueText(value));
  return [oneLine(cell), measure, text(baseline), text(candidate), difference, verdict];
}

function sentence({ cell, measure, verdict, reasons }: GateCheck): string {
  return oneLine(`${cell}, ${measure}: ${verdict}: ${reasons.join(" ")}`);
}

function hasTrouble({ verdict }: GateCheck): boolean {
  return verdict !== "pass";
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Source: GitHub Docs, workflow commands; @actions/core, command.ts. */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
