import { isAbsolute, join } from "node:path";
import { z } from "zod";
import type { DocId } from "../domain/ids.ts";
import { HarnessError } from "../errors.ts";
import { readJsonLines } from "../storage/jsonl.ts";
import { buildScenarioSet, type ScenarioText } from "./build-scenario-set.ts";
import { readScenarioRow, type SpikeComponent } from "./scenario-text.ts";
import { defineScenarioSource } from "./types.ts";

const components = z.array(z.enum(["I", "M", "K", "E"])).nonempty();

/** Scenarios from a JSON Lines file (plain or gzip): rows {_id, text}, or SPIKE rows {doc_id, main_topic, ...}. */
export const file = defineScenarioSource({
  kind: "file",
  summary: "Scenarios from a JSONL file, {_id, text} or SPIKE rows; `{dataset}` in the path is the dataset's id.",
  source: "https://github.com/augustinLib/SPIKE (row layout of generate_scenario.py at f573f96)",
  options: z.strictObject({
    path: z.string().min(1),
    /** Which parts of a SPIKE row make the text; always joined in the order I, M, K, E. */
    components: components.default(["I", "M", "K", "E"]),
  }),
  create: ({ path, components }) => ({
    async load({ datasetId, docIds, folder }) {
      const named = path.replaceAll("{dataset}", datasetId);
      const rows = await readRows(isAbsolute(named) ? named : join(folder, named), components, docIds);
      return buildScenarioSet(docIds, rows);
    },
  }),
});

type Rows = {
  readonly texts: ReadonlyMap<number, readonly ScenarioText[]>;
  readonly failed: ReadonlySet<number>;
  readonly foreign: number;
};

async function readRows(path: string, parts: readonly SpikeComponent[], docIds: readonly DocId[]): Promise<Rows> {
  const documents = new Map<string, number>(docIds.map((id, row) => [id, row]));
  const texts = new Map<number, ScenarioText[]>();
  const failed = new Set<number>();
  let foreign = 0;
  for await (const batch of readJsonLines(path)) {
    for (const { line, value } of batch) {
      const where = `${path}:${line}`;
      const document = documents.get(ownerId(value, where));
      if (document === undefined) {
        foreign += 1;
        continue;
      }
      const row = readScenarioRow(value, parts, where);
      if (row.state === "failed") failed.add(document);
      else addTo(texts, document, row);
    }
  }
  if (texts.size === 0) {
    throw new HarnessError("DATA_INVALID", "expected scenarios for documents of the corpus, found none.", {
      where: path,
      hint: foreign > 0 ? "None of the ids in the file is in the corpus." : "The file is empty.",
    });
  }
  return { texts, failed, foreign };
}

function addTo<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function ownerId(fields: Readonly<Record<string, unknown>>, where: string): string {
  const id = fields["doc_id"] ?? fields["_id"];
  if (typeof id === "string" && id !== "") return id;
  if (Number.isSafeInteger(id)) return String(id);
  throw new HarnessError("DATA_INVALID", "expected a document id in `_id` or `doc_id`.", { where });
}
