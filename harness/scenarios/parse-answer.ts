import { z } from "zod";
import { type JsonRepair, repairJson } from "./repair-json.ts";
import { explanationItem, type ScenarioAnswer, scenarioAnswer } from "./scenario-entry.ts";

/** What was done to an answer: to its JSON, or to what the JSON says. */
export type AnswerRepair =
  | JsonRepair
  | "incomplete-item" // an explanation without its need, or the other way round, is dropped
  | "missing-needs"; // the list of needs is made of those that the explanations repeat

export type ParsedAnswer =
  | { readonly status: "parsed"; readonly answer: ScenarioAnswer; readonly repairs: readonly AnswerRepair[] }
  | { readonly status: "failed"; readonly why: string };

/** Reads an LLM's answer: as it stands if it is what was asked for, else with declared repairs. */
export function parseAnswer(text: string): ParsedAnswer {
  const value = parseJson(text);
  const strict = scenarioAnswer.safeParse(value);
  if (strict.success) return { status: "parsed", answer: strict.data, repairs: [] };
  if (value !== undefined) return mend(value, []);
  const repaired = repairJson(text);
  if (repaired === undefined) return { status: "failed", why: "the answer holds no JSON object that can be read" };
  const mended = parseJson(repaired.json);
  if (mended === undefined)
    return { status: "failed", why: "the answer is not JSON, and no declared repair makes it so" };
  return mend(mended, repaired.repairs);
}

const looseAnswer = z.looseObject({ explanation: z.array(z.unknown()), information_needs: z.unknown().optional() });

function mend(value: unknown, repairs: readonly AnswerRepair[]): ParsedAnswer {
  const loose = looseAnswer.safeParse(value);
  if (!loose.success) return { status: "failed", why: "the answer has no list `explanation`" };
  const { explanation, information_needs: needs } = loose.data;
  const items = explanation.map((item) => explanationItem.safeParse(item).data).filter((item) => item !== undefined);
  const applied = [
    ...repairs,
    ...(items.length < explanation.length ? (["incomplete-item"] as const) : []),
    ...(needs === undefined ? (["missing-needs"] as const) : []),
  ];
  const parsed = scenarioAnswer.safeParse({
    ...loose.data,
    explanation: items,
    information_needs: needs ?? items.map(({ information_need: need }) => need),
  });
  if (parsed.success) return { status: "parsed", answer: parsed.data, repairs: applied };
  const [issue] = parsed.error.issues;
  return {
    status: "failed",
    why: `the answer is not what was asked for: \`${issue?.path.join(".")}\` ${issue?.message}`,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
