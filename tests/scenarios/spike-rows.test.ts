import { expect, it } from "vitest";
import { parseAnswer } from "../../harness/scenarios/parse-answer.ts";
import type { ScenarioEntry } from "../../harness/scenarios/scenario-entry.ts";
import { readScenarioFile } from "../../harness/scenarios/scenario-file.ts";
import { scenarioList } from "../../harness/scenarios/scenario-rows.ts";
import { readParquetRows } from "../../harness/storage/parquet.ts";
import { describeWithData } from "../real-data.ts";

type Row = { readonly id: string; readonly dataset: string; readonly list: string };

async function rowsOf(path: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const batch of readParquetRows(path, ["id", "dataset", "scenario_list"])) {
    for (const { value } of batch) {
      const { id, dataset, scenario_list: list } = value;
      rows.push({ id: String(id), dataset: String(dataset), list: String(list) });
    }
  }
  return rows;
}

async function entriesOf(path: string, rowsOf?: string): Promise<readonly ScenarioEntry[]> {
  const entries: ScenarioEntry[] = [];
  for await (const entry of readScenarioFile(path, { rowsOf })) entries.push(entry);
  return entries;
}

describeWithData("SPIKE's own training rows", "spike/document_valid_df.parquet", (path) => {
  it("are read without loss: 84 documents with 3 to 6 scenarios, as many needs as explanations", async () => {
    const rows = await rowsOf(path);
    const entries = await entriesOf(path);
    expect(rows).toHaveLength(84);
    for (const { id, list } of rows) {
      const own = entries.filter(({ docId }) => docId === id);
      const parts = own.flatMap((entry) => (entry.state === "parts" && !entry.noise ? [entry.parts] : []));
      const said = JSON.parse(list);
      expect(parts.length).toBe(said.information_needs.length);
      expect(parts.length).toBe(said.explanation.length);
      expect(parts.length).toBeGreaterThanOrEqual(3);
      expect(parts.length).toBeLessThanOrEqual(6);
      expect(JSON.parse(scenarioList(parts))).toEqual(said);
    }
    // 5: 48 documents, 4: 33, 6: 2, 3: 1
    expect(entries).toHaveLength(48 * 5 + 33 * 4 + 2 * 6 + 3);
  });

  it("are answers that need no repair", async () => {
    for (const { list } of await rowsOf(path)) {
      expect(parseAnswer(list)).toEqual({ status: "parsed", answer: JSON.parse(list), repairs: [] });
    }
  });

  it("survive every cut behind their first explanation with the whole items before it", async () => {
    for (const { list } of (await rowsOf(path)).slice(0, 12)) {
      const said = JSON.parse(list);
      const start = list.indexOf('"explanation": [') + '"explanation": ['.length;
      for (let length = list.indexOf("}", start) + 1; length < list.length; length += 17) {
        const parsed = parseAnswer(list.slice(0, length));
        const items = parsed.status === "parsed" ? parsed.answer.explanation : [];
        expect(items.length).toBeGreaterThan(0);
        expect(items).toEqual(said.explanation.slice(0, items.length));
      }
    }
  });

  it("are told apart by their dataset", async () => {
    const rows = await rowsOf(path);
    const biology = rows.filter(({ dataset }) => dataset === "biology").map(({ id }) => id);
    expect(biology).toHaveLength(5);
    expect(new Set((await entriesOf(path, "biology")).map(({ docId }) => docId))).toEqual(new Set(biology));
  });
});
