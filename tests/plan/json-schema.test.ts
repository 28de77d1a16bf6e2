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

it.each(shipped)("%s names the schema in its first line and is valid", async (name) => {
  const text = await readFile(join(runs, name), "utf8");
  expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=./experiment.schema.json");
  expect(planExperiment(parseExperiment(text, name)).cells.length).toBeGreaterThan(0);
});
