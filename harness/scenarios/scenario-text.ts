import { HarnessError } from "../errors.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What a scenario row says: a text to index, that its document is noise, or that its generation failed. */
export type ScenarioRow =
  | { readonly state: "text"; readonly text: string; readonly noise: boolean }
  | { readonly state: "failed" };

/** Components of a SPIKE scenario in the order in which the reference code joins them, whatever order is asked for. */
const SPIKE_FIELDS = { I: "information_need", M: "main_topic", K: "key_points", E: "explanation" } as const;

export type SpikeComponent = keyof typeof SPIKE_FIELDS;

/** How the reference prompt tells a model to answer for a document without content. */
const NOISE_ANSWER = "This document is noise document";

/**
 * Reads one row: `{text}` as it stands, or SPIKE's `{main_topic, key_points, information_need, explanation}` joined by
 * newlines, values only. Key points become one line each: how the paper's runs wrote them out is not known.
 * A row `{error}`, or a blank text, records a failed generation; `noise: true`, or SPIKE's own noise answer, marks a noise document.
 *
 * @throws {HarnessError} `DATA_INVALID` when the row is neither
 * Source: https://github.com/augustinLib/SPIKE (data/embedding/embed_and_indexing.py at f573f96)
 */
export function readScenarioRow(fields: Fields, components: readonly SpikeComponent[], where: string): ScenarioRow {
  if (typeof fields["error"] === "string") return { state: "failed" };
  const text = typeof fields["text"] === "string" ? fields["text"] : spikeText(fields, components, where);
  // nothing to index is no scenario, whatever the generator meant by it
  if (text.trim() === "") return { state: "failed" };
  const mainTopic = fields["main_topic"];
  const noise = fields["noise"] === true || (typeof mainTopic === "string" && mainTopic.startsWith(NOISE_ANSWER));
  return { state: "text", text, noise };
}

function spikeText(fields: Fields, components: readonly SpikeComponent[], where: string): string {
  const parts: string[] = [];
  for (const component of ["I", "M", "K", "E"] as const) {
    if (components.includes(component)) parts.push(part(fields, SPIKE_FIELDS[component], where));
  }
  return parts.join("\n");
}

function part(fields: Fields, name: string, where: string): string {
  const value = fields[name];
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join("\n");
  throw new HarnessError(
    "DATA_INVALID",
    `expected a scenario, \`text\` or SPIKE's \`main_topic\`, \`key_points\`, \`information_need\` and \`explanation\`; ` +
      `\`${name}\` is ${value === undefined ? "missing" : "not a text"}.`,
    { where },
  );
}
