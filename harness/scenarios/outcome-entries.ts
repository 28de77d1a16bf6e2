import type { DocumentOutcome } from "./document-prompt.ts";
import { type AnswerRepair, parseAnswer } from "./parse-answer.ts";
import { entriesOfAnswer, type ScenarioEntry } from "./scenario-entry.ts";

export type OutcomeEntries = {
  readonly entries: readonly ScenarioEntry[];
  readonly repairs: readonly AnswerRepair[];
};

/** What a scenario set says of a document: its scenarios, that it failed and why, or nothing where it was not asked. */
export function entriesOfOutcome({ docId, answer }: DocumentOutcome): OutcomeEntries {
  if (answer === undefined) return { entries: [], repairs: [] };
  const { outcome } = answer;
  if (outcome.status === "failed") return { entries: [{ state: "failed", docId, why: outcome.why }], repairs: [] };
  const parsed = parseAnswer(outcome.text);
  if (parsed.status === "failed") {
    const why = outcome.finish === "length" ? `${parsed.why} (it was cut off at the token limit)` : parsed.why;
    return { entries: [{ state: "failed", docId, why }], repairs: [] };
  }
  return { entries: entriesOfAnswer(docId, parsed.answer), repairs: parsed.repairs };
}
