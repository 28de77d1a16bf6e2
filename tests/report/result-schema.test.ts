import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { resultJsonSchema } from "../../harness/report/result-schema.ts";
import { resultFaults } from "../result-schema.ts";
import { cellOf, failedCell, resultOf, smallExperiment } from "./experiment-fixture.ts";
import { hostileExperiment } from "./hostile-experiment.ts";
import { testedExperiment } from "./tested-experiment.ts";

const published = resolve(import.meta.dirname, "../../docs/result.schema.json");

describe("resultJsonSchema", () => {
  it("is the schema that is published (`spikebench schema --result > docs/result.schema.json`)", async () => {
    expect(resultJsonSchema()).toEqual(JSON.parse(await readFile(published, "utf8")));
  });

  it.each([
    { name: "a sweep with a failed cell", result: smallExperiment() },
    { name: "tests", result: testedExperiment() },
    { name: "names of any kind", result: hostileExperiment() },
    { name: "a cell that failed alone", result: resultOf({ cells: [failedCell({}, "no space left.")] }) },
  ])("takes a result with $name", ({ result }) => {
    expect(resultFaults(JSON.parse(JSON.stringify(result)))).toEqual([]);
  });

  const { notes: _, ...withoutNotes } = resultOf({});
  it.each([
    { name: "of another version", result: { ...resultOf({}), schemaVersion: 3 }, fault: "/schemaVersion" },
    { name: "without a member", result: withoutNotes, fault: "notes" },
    { name: "with a member more", result: { ...resultOf({}), host: "a" }, fault: "additional" },
    { name: "with an id that is no hash", result: resultOf({ id: "1" }), fault: "/id" },
    {
      name: "with a value that is no number",
      result: resultOf({ cells: [{ ...cellOf({}, {}), values: { AP: Number.NaN } }] }),
      fault: "/cells/0/values/AP",
    },
  ])("refuses one $name", ({ result, fault }) => {
    expect(resultFaults(JSON.parse(JSON.stringify(result))).join("\n")).toContain(fault);
  });
});
