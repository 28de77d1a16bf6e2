import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";
import { resultJsonSchema } from "../harness/report/result-schema.ts";

const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(resultJsonSchema());

/** What the published schema has against a value; nothing for a result. */
export function resultFaults(value: unknown): readonly string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Holds the text of a `result.json` against the published schema. */
export function expectValidResult(text: string): void {
  expect(resultFaults(JSON.parse(text))).toEqual([]);
}
