import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";

const message = (role: string) => ({
  type: "object",
  properties: { role: { const: role }, content: { type: "string", minLength: 1 } },
  required: ["role", "content"],
  additionalProperties: false,
});
const messages = (...roles: readonly string[]) => ({
  type: "array",
  prefixItems: roles.map(message),
  items: false,
  minItems: roles.length,
});
const record = (properties: Readonly<Record<string, object>>) => ({
  type: "object",
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});
const spoken = (from: string) => record({ from: { const: from }, value: { type: "string", minLength: 1 } });

/** Formats of trainers as JSON Schemas, written after the pages that the code names as their sources. */
const SCHEMAS = {
  openaiChat: record({ messages: messages("user", "assistant") }),
  trlChat: record({ prompt: messages("user"), completion: messages("assistant") }),
  openaiPreference: record({
    input: record({
      messages: messages("user"),
      tools: { type: "array", maxItems: 0 },
      parallel_tool_calls: { type: "boolean" },
    }),
    preferred_output: messages("assistant"),
    non_preferred_output: messages("assistant"),
  }),
  trlPreference: record({ prompt: messages("user"), chosen: messages("assistant"), rejected: messages("assistant") }),
  conversationPreference: record({
    conversations: { type: "array", items: spoken("human"), minItems: 1, maxItems: 1 },
    chosen: spoken("gpt"),
    rejected: spoken("gpt"),
  }),
  flagEmbedding: record({
    query: { type: "string", minLength: 1 },
    pos: { type: "array", items: { type: "string" }, minItems: 1 },
    neg: { type: "array", items: { type: "string" }, minItems: 1 },
  }),
};

export type FormatName = keyof typeof SCHEMAS;

/** Holds rows against the format of that name. */
export function expectFormat(name: FormatName, rows: readonly unknown[]): void {
  const validate = new Ajv2020({ allErrors: true }).compile(SCHEMAS[name]);
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect(validate(row) ? [] : validate.errors).toEqual([]);
}
