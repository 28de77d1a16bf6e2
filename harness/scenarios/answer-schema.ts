import type { Json } from "../storage/content-hash.ts";

const text = { type: "string" };
const texts = { type: "array", items: text };

/**
 * The form of an answer for servers that can be told: every member required and no other allowed, as OpenAI's strict mode
 * wants it. `scenarioAnswer` reads what comes.
 */
export const answerJsonSchema: Json = object({
  document_analysis: object({ main_topic: text, key_points: texts }),
  information_needs: texts,
  explanation: { type: "array", items: object({ information_need: text, explanation: text }) },
});

function object(properties: Readonly<Record<string, Json>>): Json {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}
