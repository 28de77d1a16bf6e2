import type {
  EncoderForecast,
  EncodingForecast,
  EncodingTotal,
  FormForecast,
  GroupForecast,
  PlanForecast,
} from "../domain/forecast.ts";
import { usdText } from "./encoding-lines.ts";
import { groupBy } from "./row-groups.ts";
import { renderTable } from "./terminal-table.ts";

const ROLES = ["document", "scenario", "query"] as const;

/** How texts are put before the encoders; datasets and roles that do not differ share a line. */
export async function encodersText(encoders: readonly EncoderForecast[]): Promise<string> {
  const same = groupBy(encoders, ({ retriever, forms, origins }) => JSON.stringify([retriever, forms, origins]));
  const table = await renderTable(
    ["retriever", "dataset", "text", "is read as", "tokens at most"],
    same.flatMap(formRows),
  );
  const origins = new Set(encoders.flatMap(({ retriever, origins }) => origins.map((line) => `${retriever}: ${line}`)));
  return ["How texts reach the encoders (`{title} ` only where there is a title):", table, ...origins].join("\n");
}

function formRows(same: readonly EncoderForecast[]): readonly (readonly string[])[] {
  const datasets = same.map(({ dataset }) => dataset).join(", ");
  return same.slice(0, 1).flatMap(({ retriever, forms }) => {
    const rows = groupBy(
      ROLES.map((role) => ({ role, shown: shownForm(forms[role]) })),
      ({ shown }) => shown.join("\n"),
    );
    return rows.map((own) => [
      ...[retriever, datasets, own.map(({ role }) => role).join(", ")],
      ...own.slice(0, 1).flatMap(({ shown }) => shown),
    ]);
  });
}

/** Line ends and the like as JSON writes them, so that they can be seen. */
function shownForm({ text, template, maxTokens }: FormForecast): readonly string[] {
  const composed = template.replace("{text}", () => (text === "title+text" ? "{title} {text}" : "{text}"));
  return [JSON.stringify(composed).slice(1, -1).replaceAll('\\"', '"'), maxTokens === null ? "–" : String(maxTokens)];
}

/** What is left to encode: tokens, time and money, and what these figures rest on. */
export async function encodingText({
  encoders,
  groups,
  total,
}: Pick<PlanForecast, "encoders" | "groups"> & { readonly total: EncodingTotal }): Promise<string> {
  const encoding = groups.filter(hasEncoding);
  const rows = encoding.map(({ dataset, retriever, encoding: own }) => [dataset, retriever, ...figures(own)]);
  const table = await renderTable(
    ["dataset", "retriever", "to encode", "tokens", "minutes", "USD"],
    rows.length < 2 ? rows : [...rows, ["all", "", ...totalFigures(total)]],
    { align: ["left", "left", "right", "right", "right", "right"] },
  );
  return ["Texts to encode:", table, ...basis(encoders)].join("\n");
}

type EncodingGroup = GroupForecast & { readonly encoding: EncodingForecast };

function hasEncoding(group: GroupForecast): group is EncodingGroup {
  return group.encoding !== null;
}

function figures({ toEncode, tokens, minutes, usd }: EncodingForecast): readonly string[] {
  return [String(toEncode), String(tokens), minutesText(minutes), amount(usd)];
}

function totalFigures({ withoutMinutes, withoutUsd, ...total }: EncodingTotal): readonly string[] {
  const [toEncode = "", tokens = "", minutes = "", usd = ""] = figures(total);
  const more = (known: boolean, groups: number) => (known && groups > 0 ? ` + unknown of ${groups}` : "");
  return [
    ...[toEncode, tokens],
    minutes + more(total.minutes !== null, withoutMinutes),
    usd + more(total.usd !== null, withoutUsd),
  ];
}

function minutesText(minutes: number | null): string {
  if (minutes === null) return "unknown until a first run";
  return minutes > 0 && minutes < 0.1 ? "< 0.1" : minutes.toFixed(1);
}

function amount(usd: number | null): string {
  return usdText(usd).replace("USD ", "");
}

function basis(encoders: readonly EncoderForecast[]): readonly string[] {
  const estimates = groupBy(encoders, ({ tokenEstimate }) => tokenEstimate).map((same) => {
    const names = new Set(same.map(({ retriever }) => retriever));
    return `Tokens of ${[...names].join(", ")}: ${same[0]?.tokenEstimate}.`;
  });
  const priced = encoders.flatMap(({ retriever, price }) => (price === null ? [] : [{ retriever, price }]));
  const prices = priced.map(({ retriever, price: { usdPerMillionTokens, source, date } }) => {
    const since = date === null ? "" : ` of ${date}`;
    return `Price of ${retriever}: USD ${usdPerMillionTokens} a million tokens, ${source}${since}.`;
  });
  const measured = encoders.some(({ throughput }) => throughput !== null);
  return [...estimates, ...(measured ? ["Minutes: at the speed that earlier runs had here."] : []), ...new Set(prices)];
}
