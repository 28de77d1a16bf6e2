import type { ExperimentResult } from "../../harness/domain/result.ts";
import { cellOf, datasetOf, resultOf } from "./experiment-fixture.ts";

/** Names and notes as a dataset, a model or a server could bring them, each an attack on one form of a report. */
export const HOSTILE = [
  '<script>alert("x")</script>',
  "<img src=x onerror=alert(1)>",
  "[a](javascript:alert(1))",
  "https://evil.example/?q=a|b",
  "a|b`c`d",
  "\\input{/etc/passwd}",
  "\\write18{id}%$&#_^~{}",
  '=HYPERLINK("https://evil.example","x")',
  "@SUM(1+1)*cmd|' /C calc'!A0",
  "\u001b]0;title\u0007\u001b[2J\u001b[31mred",
  "safe\u202Etxt.exe",
  "tab\tand\r\nline end",
] as const;

/** An experiment whose every text is hostile. */
export function hostileExperiment(): ExperimentResult {
  return resultOf({
    description: HOSTILE.join(" "),
    datasets: HOSTILE.slice(0, 2).map((id) => ({ ...datasetOf(id), notes: [...HOSTILE] })),
    notes: [...HOSTILE],
    cells: HOSTILE.flatMap((retriever) =>
      HOSTILE.slice(0, 2).map((dataset) => cellOf({ retriever, dataset }, { "nDCG@10": 0.5 })),
    ),
  });
}
