import type { QueryView, ViewedHit, ViewedSystem } from "../domain/query-view.ts";
import { oneLine } from "./figure-text.ts";
import { renderTable } from "./terminal-table.ts";
import { NOTHING } from "./text-table.ts";

/** Characters of an id that a cell shows: two rankings have to fit beside each other. */
const ID_CHARACTERS = 13;
const TEXT_CHARACTERS = 160;
const MOST_RELEVANT = 12;

/** A weighted sum of the raw scores is this close to the score, or the fusion is another. */
const ROUNDING = 1e-4;

/** What a result tells of a query, for a terminal: both rankings beside each other, and the scenarios that fired. */
export async function renderQueryView({ query, texts, systems, notes }: QueryView): Promise<string> {
  const isOnlyText = new Set(texts.map(({ text }) => text)).size === 1;
  const heads = isOnlyText
    ? texts.slice(0, 1).map(({ text }) => `query ${oneLine(query)}: ${oneLine(text)}`)
    : [
        `query ${oneLine(query)}`,
        ...texts.map(({ dataset, querySet, text }) => `${oneLine(dataset)}, ${oneLine(querySet)}: ${oneLine(text)}`),
      ];
  const blocks = [heads.join("\n")];
  for (const system of systems) blocks.push(await systemBlock(system));
  return `${[...blocks, ...notes].join("\n\n")}\n`;
}

async function systemBlock(system: ViewedSystem): Promise<string> {
  const { spike } = system;
  const lines = [
    titleOf(system),
    valuesLine(system),
    await rankingTable(system),
    ...relevantLine(system),
    ...(spike === null ? [] : [scoreLine(spike)]),
    ...(spike === null ? textLines(system.base) : textLines(spike.hits)),
  ];
  return lines.join("\n");
}

function titleOf({ retriever, dataset, querySet, spike }: ViewedSystem): string {
  const parts = [retriever, `on ${dataset}`, ...(querySet === "original" ? [] : [`queries ${querySet}`])];
  if (spike !== null) {
    parts.push(`scenarios ${spike.scenarios}`, ...(spike.fusion === "default" ? [] : [`fusion ${spike.fusion}`]));
    parts.push(`alpha ${spike.alpha}`);
  }
  return oneLine(parts.join(", ").replace(", on ", " on "));
}

/** Where the relevant documents stand; of many those that stand first. */
function relevantLine({ relevant, spike }: ViewedSystem): readonly string[] {
  if (relevant === null || relevant.length === 0) return [];
  const rank = (place: number | null) => (place === null ? "not found" : String(place));
  const first = ({ baseRank, rank: own }: (typeof relevant)[number]) => Math.min(baseRank ?? Infinity, own ?? Infinity);
  const places = [...relevant]
    .sort((a, b) => first(a) - first(b))
    .slice(0, MOST_RELEVANT)
    .map((one) => `${oneLine(one.docId)} ${rank(one.baseRank)}${spike === null ? "" : ` → ${rank(one.rank)}`}`);
  const more = relevant.length - places.length;
  return [`* relevant, and the ranks: ${places.join("; ")}${more > 0 ? `; and ${more} more` : ""}.`];
}

function valuesLine({ baseValues, spike }: ViewedSystem): string {
  return Object.entries(baseValues)
    .map(([measure, value]) => {
      const other = spike?.values[measure];
      return `${measure} ${value.toFixed(4)}${other === undefined ? "" : ` → ${other.toFixed(4)}`}`;
    })
    .join("; ");
}

async function rankingTable({ base, spike }: ViewedSystem): Promise<string> {
  const right = "right" as const;
  const left = "left" as const;
  if (spike === null) {
    const rows = base.map((hit) => [String(hit.rank), idText(hit), scoreText(hit.score)]);
    return await renderTable(["", "base", "score"], rows, { align: [right, left, right] });
  }
  const ranks = Array.from({ length: Math.max(base.length, spike.hits.length) }, (_, at) => at);
  const rows = ranks.map((at) => {
    const [plain, hit] = [base[at], spike.hits[at]];
    return [
      String(at + 1),
      ...(plain === undefined ? ["", ""] : [idText(plain), scoreText(plain.score)]),
      ...(hit === undefined ? ["", "", "", "", "", ""] : spikeCells(hit)),
    ];
  });
  const head = ["", "base", "score", "SPIKE", "was", "score", "document", "scenario", "fired"];
  return await renderTable(head, rows, { align: [right, left, right, left, right, right, right, right, left] });
}

function spikeCells(hit: ViewedHit): readonly string[] {
  const { baseRank, score, channels } = hit;
  const scenario = channels?.scenario ?? null;
  return [
    idText(hit),
    baseRank === null ? NOTHING : String(baseRank),
    scoreText(score),
    channels === null ? NOTHING : scoreText(channels.document),
    scenario === null ? NOTHING : scoreText(scenario.score),
    scenario === null ? NOTHING : firedText(hit.docId, scenario.id),
  ];
}

/** A scenario's id begins with that of its document, which stands in the row already. */
function firedText(docId: string, scenario: string): string {
  return scenario.startsWith(`${docId}#`) ? scenario.slice(docId.length) : shortId(scenario);
}

/** Says how the columns make up the score, if they do. */
function scoreLine({ alpha, hits }: NonNullable<ViewedSystem["spike"]>): string {
  const both = hits.flatMap(({ score, channels }) => {
    if (channels === null || channels.scenario === null) return [];
    return [Math.abs(alpha * channels.document + (1 - alpha) * channels.scenario.score - score)];
  });
  if (hits.every(({ channels }) => channels === null))
    return "The rankings of members are merged; they have the channels.";
  const rest = Number((1 - alpha).toFixed(12));
  if (both.every((difference) => difference < ROUNDING)) {
    return `score = ${alpha} × document + ${rest} × scenario; the document alone where it has no scenario.`;
  }
  return "document and scenario are raw scores: the fusion normalises them, or has rules of its own.";
}

function textLines(hits: readonly ViewedHit[]): readonly string[] {
  return hits.flatMap(({ rank, docId, text, channels }) => {
    const { scenario = null } = channels ?? {};
    const lines = [
      ...(text === null
        ? []
        : [`${String(rank).padStart(3)}  ${oneLine(docId)}: ${cut(oneLine(text), TEXT_CHARACTERS)}`]),
      ...(scenario?.text == null
        ? []
        : [`     ${oneLine(scenario.id)}: ${cut(oneLine(scenario.text), TEXT_CHARACTERS)}`]),
    ];
    return lines;
  });
}

function idText({ docId, grade }: ViewedHit): string {
  return `${grade === null ? " " : "*"} ${shortId(docId)}`;
}

/** Beginning and end: ids of one source often begin alike. */
function shortId(id: string): string {
  const characters = Array.from(oneLine(id));
  if (characters.length <= ID_CHARACTERS) return characters.join("");
  const half = (ID_CHARACTERS - 1) / 2;
  return `${characters.slice(0, half).join("")}…${characters.slice(-half).join("")}`;
}

function scoreText(score: number): string {
  return Math.abs(score) >= 1000 ? score.toPrecision(6) : score.toFixed(4);
}

function cut(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}
