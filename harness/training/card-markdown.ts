import type { DataCard, LeakageReport } from "./data-card.ts";
import { LEAK_KINDS, type LeakKind } from "./training-options.ts";

const KINDS: Readonly<Record<DataCard["kind"], string>> = {
  sft: "Documents and the scenarios that a model learns to write for them.",
  dpo: "Queries, each with an expansion to prefer and one to avoid.",
  supervised: "Queries with relevant documents and hard negatives, for a retriever.",
};

const LEAKS: Readonly<Record<LeakKind, string>> = {
  query: "a test query",
  paraphrase: "a paraphrase of one",
  "gold-document": "with a relevant document",
  "flagged-gold": "gold as the source says",
};

/** A card as Markdown: what the set is, how it came about, and what of test data was found in it. */
export function renderCard(card: DataCard): string {
  const { train, validation } = card.splits;
  const sections = [
    `# ${plain(card.name)}`,
    `${KINDS[card.kind]} Split by seed ${card.seed}: ${train} to train on, ${validation} to validate.`,
    ...(card.synthetic
      ? ["**Synthetic: the texts were made up and come from no model. Nothing of worth can be learnt from this set.**"]
      : []),
    ...list(card.notes),
    "## Made of",
    table(
      ["role", "what", "sha256"],
      card.sources.map(({ role, name, sha256 }) => [role, name, sha256 ?? "n/a"]),
    ),
    "## Steps",
    table(
      ["step", "items"],
      card.steps.map(({ step, items }) => [step, `${items}`]),
    ),
    ...(card.dropped.length === 0
      ? []
      : [
          "Dropped:",
          table(
            ["reason", "items"],
            card.dropped.map(({ reason, items }) => [reason, `${items}`]),
          ),
        ]),
    ...figuresOf(card),
    ...leakageSection(card.leakage),
    "## Rules",
    `\`\`\`json\n${JSON.stringify(card.method, undefined, 2)}\n\`\`\``,
    "## Files",
    table(
      ["file", "rows", "sha256"],
      card.files.map(({ file, rows, sha256 }) => [file, rows === null ? "" : `${rows}`, sha256]),
    ),
  ];
  return `${sections.join("\n\n")}\n`;
}

function figuresOf({ figures }: DataCard): readonly string[] {
  const rows = Object.entries(figures).map(([name, value]) => [name, value === null ? "n/a" : figure(value)]);
  return rows.length === 0 ? [] : ["## Figures", table(["figure", "value"], rows)];
}

function leakageSection({ items, excluded, exclude, flagged, overlap, sets }: LeakageReport): readonly string[] {
  const kept = LEAK_KINDS.filter((kind) => !exclude.includes(kind));
  const why = LEAK_KINDS.map((kind) => `${excluded.byKind[kind]} ${LEAKS[kind]}`).join(", ");
  return [
    "## Leakage",
    `Of ${items} items ${excluded.items} were left out; for being so (several may hold): ${why}.`,
    ...(kept.length === 0 ? [] : [`**Not left out although found: ${kept.join(", ")}.**`]),
    ...(sets.length === 0
      ? ["**Compared with no evaluation set, as declared.**"]
      : [
          `Items found, by evaluation set. A paraphrase of a test query shares at least ${overlap} of all words of both with it.`,
          leakTable(sets),
        ]),
    ...missingLines(sets),
    ...exampleLines(sets),
    ...flaggedLines(flagged),
  ];
}

function flaggedLines(flagged: LeakageReport["flagged"]): readonly string[] {
  if (flagged.length === 0) return [];
  const rows = flagged.map(({ source, items, gold }) => [source, `${items}`, `${gold}`]);
  return ["What the sources say themselves (`is_gold`):", table(["source", "items", "gold"], rows)];
}

function leakTable(sets: LeakageReport["sets"]): string {
  return table(
    ["evaluation set", "queries", "gold ids", "gold texts", ...LEAK_KINDS.slice(0, 3)],
    sets.map(({ dataset, compared, found }) => [
      dataset,
      `${compared.queries}`,
      `${compared.goldIds}`,
      compared.goldTexts === null ? "not here" : `${compared.goldTexts}`,
      ...LEAK_KINDS.slice(0, 3).map((kind) => `${found[kind]}`),
    ]),
  );
}

function missingLines(sets: LeakageReport["sets"]): readonly string[] {
  return list(sets.flatMap(({ dataset, missing }) => (missing === null ? [] : [`${dataset}: ${missing}`])));
}

function list(items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [items.map((item) => `- ${plain(item)}`).join("\n")];
}

function exampleLines(sets: LeakageReport["sets"]): readonly string[] {
  const rows = sets.flatMap(({ dataset, examples }) =>
    examples.map(({ kind, item, with: other, overlap }) => [
      ...[dataset, kind, item, other],
      overlap === undefined ? "" : figure(overlap),
    ]),
  );
  return rows.length === 0
    ? []
    : ["The first of each:", table(["evaluation set", "leak", "item", "of", "overlap"], rows)];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(plain).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Ids and names may hold anything; what Markdown or HTML would take for its own is escaped. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>|]/g, (mark) => `\\${mark}`).replaceAll(/\s+/g, " ");
}

/** Whole numbers as they are, others to four digits. */
function figure(value: number): string {
  return Number.isInteger(value) ? `${value}` : value.toFixed(4);
}
