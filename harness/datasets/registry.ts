import { createComponent, type Fragment, type Registry } from "../component.ts";
import { beir } from "./beir.ts";
import { bright } from "./bright.ts";
import { jsonl } from "./jsonl.ts";
import { limit } from "./limit.ts";
import { tables } from "./tables.ts";
import { trec } from "./trec.ts";
import type { DatasetFormat } from "./types.ts";

/** File layouts a card can name. To add one: its file, one line here. */
export const formats = { beir, bright, tables, jsonl, limit, trec } as const satisfies Registry<DatasetFormat>;

export function createFormat(fragment: Fragment): DatasetFormat {
  return createComponent("dataset format", formats, fragment, undefined);
}
