import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { experimentJsonSchema } from "../../harness/plan/json-schema.ts";
import { planExperiment } from "../../harness/plan/plan-experiment.ts";
import { parseExperiment } from "../../harness/spec/parse-experiment.ts";

const runs = resolve(import.meta.dirname, "../../runs");
const shipped = (await readdir(runs)).filter((name) => name.endsWith(".yaml"));

it("is the schema that is published beside the run files (`spikebench schema > runs/experiment.schema.json`)", async () => {
  const published = JSON.parse(await readFile(join(runs, "experiment.schema.json"), "utf8"));
  expect(experimentJsonSchema()).toEqual(published);
});

/** Options of a schema that say nothing of themselves, by their path; what only names its kind needs no words. */
function undescribed(schema: unknown, path = ""): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const { properties = {} } = schema as { properties?: Record<string, Record<string, unknown>> };
  const own = Object.entries(properties).filter(([, option]) => !("const" in option) && !("description" in option));
  const parts = Object.entries(schema).filter(([key]) => key !== "default" && key !== "enum");
  return [
    ...own.map(([name]) => `${path}.${name}`),
    ...parts.flatMap(([key, part]) => undescribed(part, `${path}.${key}`)),
  ];
}

it("says of every option what it is for", () => {
  expect(undescribed(experimentJsonSchema())).toEqual([]);
  expect(undescribed({ anyOf: [{ properties: { a: { type: "string" } } }] })).toEqual([".anyOf.0.a"]);
});

it.each(shipped)("%s names the schema in its first line and is valid", async (name) => {
  const text = await readFile(join(runs, name), "utf8");
  expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=./experiment.schema.json");
  expect(planExperiment(parseExperiment(text, name)).cells.length).toBeGreaterThan(0);
});
