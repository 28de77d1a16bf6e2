import type { EncoderForecast, EncodingForecast, EncodingTotal, GroupForecast } from "../../domain/forecast.ts";
import type { Policy } from "../../domain/policy.ts";
import { tokenEstimateOf } from "../../encode/estimate-encoding.ts";
import { readThroughput } from "../../encode/throughput.ts";
import { costOf, type TokenPrice } from "../../encode/token-price.ts";
import type { TextForm } from "../../encode/types.ts";
import type { ExperimentPlan } from "../../plan/plan-types.ts";
import type { VectorSource } from "../../retrieve/types.ts";
import { datasetOf, type Materials } from "../materials.ts";
import type { OpenRetriever } from "../open-retrievers.ts";

type EncoderContext = {
  readonly materials: Materials;
  readonly openRetriever: OpenRetriever;
  /** The cache folder. */
  readonly cache: string;
};

/** Every encoder of a plan on every dataset that it is used on, in the order of the cells. */
export async function forecastEncoders(
  plan: ExperimentPlan,
  { materials, openRetriever, cache }: EncoderContext,
): Promise<readonly EncoderForecast[]> {
  const pairs = new Map(plan.cells.map(({ axes }) => [JSON.stringify([axes.retriever, axes.dataset]), axes]));
  const encoders: EncoderForecast[] = [];
  for (const { retriever, dataset: id } of pairs.values()) {
    if (plan.retrievers.get(retriever)?.scores !== true) continue;
    const { dataset } = datasetOf(id, materials);
    const { vectors } = (await openRetriever(retriever, dataset)).opened;
    if (vectors === undefined) continue;
    const described = await describeEncoder(vectors, dataset.policy, cache);
    encoders.push({ retriever, dataset: id, ...described });
  }
  return encoders;
}

async function describeEncoder(
  { encoder, storage }: VectorSource,
  { docText }: Policy,
  cache: string,
): Promise<Omit<EncoderForecast, "retriever" | "dataset">> {
  const { identity, forms, origins = [], price } = encoder;
  const form = ({ template, maxTokens = encoder.maxTokens }: TextForm, text: Policy["docText"]) => ({
    ...{ text, template },
    maxTokens: maxTokens ?? null,
  });
  return {
    ...{ identity, storage },
    forms: {
      document: form(forms.document, docText),
      scenario: form(forms.scenario, "text"),
      query: form(forms.query, "text"),
    },
    origins,
    tokenEstimate: tokenEstimateOf(encoder).how,
    throughput: (await readThroughput(cache, encoder)) ?? null,
    served: encoder.usage !== undefined,
    price: price === undefined ? null : priceForecast(price),
  };
}

/** These fields alone: a price of the table has more. */
function priceForecast({ usdPerMillionTokens, source, date }: TokenPrice): EncoderForecast["price"] {
  return { usdPerMillionTokens, source, date: date ?? null };
}

/**
 * Time and money that texts will take. Time goes by tokens, which are what models spend it on, and by texts where none are
 * read.
 */
export function forecastEncoding(
  { toEncode, tokens }: Pick<EncodingForecast, "toEncode" | "tokens">,
  { throughput, price }: Pick<EncoderForecast, "throughput" | "price">,
): EncodingForecast {
  const usd = price === null ? undefined : costOf(tokens, { ...price, date: price.date ?? undefined });
  return { toEncode, tokens, minutes: minutesOf({ toEncode, tokens }, throughput), usd: usd ?? null };
}

function minutesOf(
  { toEncode, tokens }: Pick<EncodingForecast, "toEncode" | "tokens">,
  throughput: EncoderForecast["throughput"],
): number | null {
  if (toEncode === 0) return 0;
  if (throughput === null) return null;
  const { textsPerSecond, tokensPerSecond } = throughput;
  return (tokensPerSecond > 0 ? tokens / tokensPerSecond : toEncode / textsPerSecond) / 60;
}

/** Sums of what is known. Of an encoder that works here no price is missed. */
export function totalEncoding(
  groups: readonly Pick<GroupForecast, "retriever" | "dataset" | "encoding">[],
  encoders: readonly Pick<EncoderForecast, "retriever" | "dataset" | "served">[],
): EncodingTotal | null {
  const encodings = groups.flatMap(({ encoding, ...names }) => (encoding === null ? [] : [{ ...encoding, names }]));
  if (encodings.length === 0) return null;
  const open = encodings.filter(({ toEncode }) => toEncode > 0);
  const counted = open.length > 0 ? open : encodings;
  const served = ({ names: { retriever, dataset } }: (typeof open)[number]) =>
    encoders.some((one) => one.retriever === retriever && one.dataset === dataset && one.served);
  return {
    toEncode: encodings.reduce((sum, { toEncode }) => sum + toEncode, 0),
    tokens: encodings.reduce((sum, { tokens }) => sum + tokens, 0),
    minutes: sumKnown(counted.map(({ minutes }) => minutes)),
    usd: sumKnown(counted.map(({ usd }) => usd)),
    withoutMinutes: open.filter(({ minutes }) => minutes === null).length,
    withoutUsd: open.filter((one) => one.usd === null && served(one)).length,
  };
}

function sumKnown(figures: readonly (number | null)[]): number | null {
  const known = figures.filter((figure) => figure !== null);
  return known.length === 0 ? null : known.reduce((sum, figure) => sum + figure, 0);
}
