import type { TrainingRow } from "../scenarios/training-rows.ts";
import type { LeakageCheck } from "./leakage.ts";
import type { TeacherRow } from "./teacher-rows.ts";
import { textDigest } from "./text-digest.ts";

/** A document that a model learns to write scenarios for. */
export type SftExample = {
  /** Dataset and document id; no two examples have the same. */
  readonly id: string;
  /** Its `content` is what fits in the limit. */
  readonly row: TrainingRow;
  readonly truncated: boolean;
};

export type SftRules = {
  /** The part of a document that a model reads. */
  readonly cut: (text: string) => string;
  readonly noise: "keep" | "drop";
  readonly leakage: LeakageCheck;
};

export type SftExamples = {
  readonly examples: readonly SftExample[];
  /** Documents that the sources speak of. */
  readonly read: number;
  readonly dropped: ReadonlyMap<string, number>;
  readonly noise: number;
};

/**
 * Chooses what is learnt from: documents with valid scenarios, each text once (the first counts, white space aside), cut to
 * the limit, and nothing that leaks. Examples are held in memory.
 */
export async function chooseSftExamples(rows: AsyncIterable<TeacherRow>, rules: SftRules): Promise<SftExamples> {
  const examples: SftExample[] = [];
  const dropped = new Map<string, number>();
  const seen = new Set<string>();
  let read = 0;
  let noise = 0;
  for await (const taught of rows) {
    read += 1;
    noise += "row" in taught && taught.noise ? 1 : 0;
    const chosen = chooseExample(taught, rules, seen);
    if (typeof chosen === "string") dropped.set(chosen, (dropped.get(chosen) ?? 0) + 1);
    else examples.push(chosen);
  }
  return { examples, read, dropped, noise };
}

/** @returns the reason when it is dropped. @param seen texts and ids so far */
function chooseExample(taught: TeacherRow, rules: SftRules, seen: Set<string>): SftExample | string {
  if ("dropped" in taught) return taught.dropped;
  if (taught.noise && rules.noise === "drop") return "noise";
  const { row, needs } = taught;
  const content = rules.cut(row.content);
  const id = exampleId(row);
  const marks = [`text ${textDigest(content)}`, `id ${id}`];
  if (marks.some((mark) => seen.has(mark))) return "duplicate";
  for (const mark of marks) seen.add(mark);
  const document = { dataset: namesOf(row).join("/"), id: row.id, text: row.content };
  const subject = { id, documents: [document], texts: needs, flaggedGold: row.is_gold ?? undefined };
  if (rules.leakage.excludes(subject)) return "leak";
  return { id, row: { ...row, content }, truncated: content.length < row.content.length };
}

function exampleId(row: TrainingRow): string {
  return [...namesOf(row), row.id].join("/");
}

function namesOf({ benchmark, dataset }: TrainingRow): readonly string[] {
  return [benchmark, dataset].filter((name) => name !== null);
}
