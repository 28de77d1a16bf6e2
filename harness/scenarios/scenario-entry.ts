import { z } from "zod";
import { HarnessError } from "../errors.ts";

/** What SPIKE's generator writes for one information need of a document. */
export type ScenarioParts = {
  readonly mainTopic: string;
  readonly keyPoints: readonly string[];
  readonly informationNeed: string;
  readonly explanation: string;
};

/** One line of a scenario set: a scenario in its parts or as a text, or that a document has none because something failed. */
export type ScenarioEntry =
  | { readonly state: "parts"; readonly docId: string; readonly parts: ScenarioParts; readonly noise: boolean }
  | { readonly state: "text"; readonly docId: string; readonly text: string; readonly noise: boolean }
  | { readonly state: "failed"; readonly docId: string; readonly why: string };

type Fields = Readonly<Record<string, unknown>>;

/** How an LLM is told to answer for a document without content: by our prompt, and by the one of SPIKE. */
const NOISE_TOPIC = /^\s*noise document\.?\s*$/i;
const SPIKE_NOISE_TOPIC = "This document is noise document";

/** Whether a main topic says that there is no content. */
export function isNoiseTopic(mainTopic: string): boolean {
  return NOISE_TOPIC.test(mainTopic) || mainTopic.startsWith(SPIKE_NOISE_TOPIC);
}

const said = z.string().refine((text) => text.trim() !== "", "is blank");

/** One scenario of an answer. */
export const explanationItem = z.object({ information_need: said, explanation: said });

/** The JSON object that the LLM is asked for. The list of needs is not read, since every explanation repeats its need. */
export const scenarioAnswer = z.object({
  document_analysis: z.object({ main_topic: said, key_points: z.array(z.string()) }),
  information_needs: z.array(z.string()),
  explanation: z.array(explanationItem).min(1),
});

export type ScenarioAnswer = z.output<typeof scenarioAnswer>;

/** A scenario for every explanation, in their order. */
export function entriesOfAnswer(docId: string, answer: ScenarioAnswer): readonly ScenarioEntry[] {
  const { main_topic: mainTopic, key_points: keyPoints } = answer.document_analysis;
  return answer.explanation.map(({ information_need: informationNeed, explanation }) => ({
    state: "parts",
    docId,
    parts: { mainTopic, keyPoints, informationNeed, explanation },
    noise: isNoiseTopic(mainTopic),
  }));
}

/** Which rows of a file that holds several datasets are meant: those whose column `dataset` says so. */
export type RowChoice = { readonly rowsOf?: string | undefined };

/**
 * What a row says, in any layout: SPIKE's generator `{doc_id, main_topic, key_points, information_need, explanation}`, its
 * training data `{id, scenario_list}` (the scenarios as JSON; `doc_id` is a running number there), or a text
 * `{_id | doc_id, text}`. `error` records a failed generation; `noise: true` marks a noise document.
 *
 * @param where file and row, for messages
 * @throws {HarnessError} `DATA_INVALID` when the row is none of them
 * Source: https://github.com/augustinLib/SPIKE (generate_scenario.py and document_valid_df.parquet at f573f96)
 */
export function readEntries(fields: Fields, where: string, { rowsOf }: RowChoice = {}): readonly ScenarioEntry[] {
  if (rowsOf !== undefined && fields["dataset"] !== rowsOf) return [];
  if (fields["scenario_list"] !== undefined) return readTrainingRow(fields, where);
  const docId = idOf(fields["doc_id"] ?? fields["_id"], where);
  if (typeof fields["error"] === "string") return [{ state: "failed", docId, why: fields["error"] }];
  const marked = fields["noise"] === true;
  if (typeof fields["text"] === "string") return [{ state: "text", docId, text: fields["text"], noise: marked }];
  const parts = readParts(fields, where);
  return [{ state: "parts", docId, parts, noise: marked || isNoiseTopic(parts.mainTopic) }];
}

function readTrainingRow(fields: Fields, where: string): readonly ScenarioEntry[] {
  const docId = idOf(fields["id"] ?? fields["doc_id"], where);
  const parsed = scenarioAnswer.safeParse(parseList(fields["scenario_list"]));
  if (parsed.success) return entriesOfAnswer(docId, parsed.data);
  const [issue] = parsed.error.issues;
  const found = `${issue?.path.join(".") || "it"}: ${issue?.message ?? "invalid"}`;
  throw new HarnessError("DATA_INVALID", `expected scenarios as JSON in \`scenario_list\`, ${found}.`, { where });
}

function parseList(list: unknown): unknown {
  try {
    return typeof list === "string" ? JSON.parse(list) : list;
  } catch {
    return undefined;
  }
}

function readParts(fields: Fields, where: string): ScenarioParts {
  const text = (name: string) => {
    const value = fields[name];
    return typeof value === "string" ? value : missing(name, value, where);
  };
  const points = fields["key_points"];
  const isList = Array.isArray(points) && points.every((point) => typeof point === "string");
  return {
    mainTopic: text("main_topic"),
    keyPoints: isList ? points : [text("key_points")],
    informationNeed: text("information_need"),
    explanation: text("explanation"),
  };
}

function missing(name: string, value: unknown, where: string): never {
  throw new HarnessError(
    "DATA_INVALID",
    `expected a scenario, \`text\` or SPIKE's \`main_topic\`, \`key_points\`, \`information_need\` and \`explanation\`; ` +
      `\`${name}\` is ${value === undefined || value === null ? "missing" : "not a text"}.`,
    { where },
  );
}

function idOf(id: unknown, where: string): string {
  if (typeof id === "string" && id !== "") return id;
  if (Number.isSafeInteger(id)) return String(id);
  throw new HarnessError("DATA_INVALID", "expected a document id in `_id` or `doc_id`.", { where });
}
