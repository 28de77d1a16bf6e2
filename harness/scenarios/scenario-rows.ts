import type { ParquetColumn } from "../storage/parquet-writer.ts";
import type { ScenarioEntry, ScenarioParts } from "./scenario-entry.ts";

type Row = Readonly<Record<string, unknown>>;

/** Columns of a scenario set: those of SPIKE's generator, and ours. */
export const ROW_COLUMNS: readonly ParquetColumn[] = [
  { name: "doc_id", type: "text" },
  { name: "main_topic", type: "text" },
  { name: "key_points", type: "texts" },
  { name: "information_need", type: "text" },
  { name: "explanation", type: "text" },
  { name: "text", type: "text" },
  { name: "noise", type: "boolean" },
  { name: "error", type: "text" },
];

/** Columns of SPIKE's `generator_scenario.parquet`, in its order. */
export const GENERATOR_COLUMNS: readonly ParquetColumn[] = [
  { name: "main_topic", type: "text" },
  { name: "key_points", type: "texts" },
  { name: "information_need", type: "text" },
  { name: "explanation", type: "text" },
  { name: "doc_id", type: "text" },
];

/** Columns of SPIKE's training data, in its order. */
export const TRAINING_COLUMNS: readonly ParquetColumn[] = [
  { name: "doc_id", type: "text" },
  { name: "scenario_list", type: "text" },
  { name: "id", type: "text" },
  { name: "content", type: "text" },
  { name: "is_gold", type: "boolean" },
  { name: "benchmark", type: "text" },
  { name: "dataset", type: "text" },
  { name: "is_valid", type: "text" },
  { name: "type", type: "text" },
];

/** A line of a scenario set; `readEntries` reads it back. */
export function rowOf(entry: ScenarioEntry): Row {
  const { docId: doc_id } = entry;
  switch (entry.state) {
    case "failed":
      return { doc_id, error: entry.why };
    case "text":
      return { doc_id, text: entry.text, ...marked(entry) };
    case "parts":
      return { doc_id, ...fieldsOf(entry.parts), ...marked(entry) };
  }
}

function marked({ noise }: { readonly noise: boolean }): Row {
  return noise ? { noise } : {};
}

/** SPIKE's names of the parts. */
export function fieldsOf({ mainTopic, keyPoints, informationNeed, explanation }: ScenarioParts) {
  return { main_topic: mainTopic, key_points: keyPoints, information_need: informationNeed, explanation };
}

/** The scenarios of one document as the JSON of SPIKE's training data, written as Python's `json.dumps` spaces it. */
export function scenarioList(scenarios: readonly ScenarioParts[]): string {
  const [first] = scenarios;
  const needs = scenarios.map(({ informationNeed }) => informationNeed);
  return spaced({
    document_analysis: { main_topic: first?.mainTopic ?? "", key_points: first?.keyPoints ?? [] },
    information_needs: needs,
    explanation: scenarios.map(({ informationNeed, explanation }) => ({
      information_need: informationNeed,
      explanation,
    })),
  });
}

function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}: ${spaced(member)}`)
    .join(", ")}}`;
}
