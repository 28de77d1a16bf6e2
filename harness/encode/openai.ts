import type { DatasetPrompts } from "../domain/dataset.ts";
import { HarnessError } from "../errors.ts";
import { boundedMap } from "../runtime/bounded-map.ts";
import { type EmbeddingService, openEmbeddingService } from "./embedding-service.ts";
import { encodeIsolating } from "./isolate-texts.ts";
import { findPreset, TEXT } from "./model-presets.ts";
import { type OpenaiOptions, openaiOptions, type ServedOptions } from "./openai-options.ts";
import { type RefusedText, RefusedTexts } from "./refused-texts.ts";
import { type BatchItem, batchItems, cutText } from "./text-batches.ts";
import { resolveForms } from "./text-forms.ts";
import { costOf, priceOf, type TokenPrice, tokenPrices } from "./token-price.ts";
import {
  defineEncoder,
  type EncodedTexts,
  type Encoder,
  type EncoderServices,
  type EncoderUsage,
  type TextForm,
  type TokenEstimate,
} from "./types.ts";

/** Part of the identity: raise it when anything in here changes a vector. */
const VERSION = 1;
const PROBE = "spikebench";
/** What is kept of a text that the server still finds too long. */
const SHORTEN_TO = 3 / 4;

/**
 * Vectors from servers with OpenAI's `/v1/embeddings`. A request that is too long is split first; a text that is too long
 * alone is truncated or reported, as `tooLong` says. A text that a server cannot encode does not fail the others. Texts of
 * white space are not sent and give the zero vector.
 *
 * Where the servers are is no part of the identity: those of one model are taken to give the same vectors.
 */
export const openai = defineEncoder({
  kind: "openai",
  summary: "Any OpenAI-compatible embeddings server (vLLM, TEI, Infinity, Ollama, OpenAI), several at once.",
  source: "https://platform.openai.com/docs/api-reference/embeddings",
  options: openaiOptions,
  create: (options, services) => ({
    // nothing is asked of a server before the first text; what is wrong with the forms rejects all the same
    open: ({ prompts }) => new Promise((resolve) => resolve(openEncoder(options, services, prompts))),
  }),
});

function openEncoder(given: OpenaiOptions, services: EncoderServices, prompts: DatasetPrompts): Encoder {
  const preset = findPreset(given);
  const options = { ...given, dimensions: given.dimensions ?? preset?.dimension.value ?? Number.NaN };
  const where = `encoder \`openai\` (${options.model})`;
  const { forms, origins } = resolveForms(options, { preset, prompts, where });
  requireRoom(forms, options, where);
  const read = options.tooLong === "fail" ? withoutLimits(forms) : forms;
  const price = tokenPrice(options);
  let service: Promise<EmbeddingService> | undefined;
  let counts: EmbeddingService["counts"] = { requests: 0, texts: 0, tokens: 0, unmetered: 0 };
  let truncated = 0;
  function onTruncated(): void {
    if (truncated === 0) services.say?.(`${where}: some texts are too long; truncated.`);
    truncated += 1;
  }
  return {
    identity: identityOf(options),
    forms: read,
    origins,
    dim: options.dimensions,
    batchSize: options.batchSize * options.concurrency,
    async encode(texts, role) {
      service ??= openEmbeddingService(options, services);
      const opened = await service;
      counts = opened.counts;
      return await encodeTexts(texts, forms[role], { options, service: opened, services, onTruncated });
    },
    tokenEstimate: tokenEstimate(read, options),
    price,
    usage: () => usageOf(counts, truncated, price),
  };
}

/** Where texts over the limit are reported the limit changes no vector. */
function withoutLimits({ query, document, scenario }: Encoder["forms"]): Encoder["forms"] {
  return {
    query: { template: query.template },
    document: { template: document.template },
    scenario: { template: scenario.template },
  };
}

/** @throws {HarnessError} `SPEC_INVALID` when an instruction alone is as long as its limit */
function requireRoom(forms: Encoder["forms"], { charactersPerToken }: OpenaiOptions, where: string): void {
  for (const [role, form] of Object.entries(forms)) {
    if (roomOf(form, charactersPerToken) > 0) continue;
    throw new HarnessError("SPEC_INVALID", `expected the instruction of a ${role} to be shorter than \`maxTokens\`.`, {
      where,
    });
  }
}

/** UTF-16 units that a form leaves to the text. */
function roomOf({ template, maxTokens = Number.POSITIVE_INFINITY }: TextForm, charactersPerToken: number): number {
  return Math.floor(maxTokens * charactersPerToken) - (template.length - TEXT.length);
}

/** Everything but the forms, where servers are, who pays and how requests are cut. */
function identityOf(options: ServedOptions) {
  const { model, revision, servedModel = model, dimensions, sendDimensions, encodingFormat, normalize } = options;
  const { charactersPerToken, tooLong } = options;
  return {
    kind: "openai",
    version: VERSION,
    model,
    revision: revision ?? null,
    servedModel,
    dimensions,
    sendDimensions,
    encodingFormat,
    normalize,
    truncation: tooLong === "fail" ? null : { side: "right", charactersPerToken },
  };
}

type Work = {
  readonly options: ServedOptions;
  readonly service: EmbeddingService;
  readonly services: EncoderServices;
  readonly onTruncated: () => void;
};

async function encodeTexts(texts: readonly string[], form: TextForm, work: Work): Promise<EncodedTexts> {
  const { options, service, onTruncated } = work;
  const rows = new Float32Array(texts.length * options.dimensions);
  const refused: RefusedText[] = [];
  const cut = new Set<number>();
  function refuse(position: number, why: string): void {
    refused.push({ position, text: texts[position] ?? "", why: why.replace(/\.$/, "") });
  }
  function shortened(item: BatchItem, length: number): BatchItem {
    if (!cut.has(item.position)) onTruncated();
    cut.add(item.position);
    return itemOf(item.position, cutText(item.text, length));
  }
  const { template } = form;
  const besides = template.length - TEXT.length;
  function itemOf(position: number, text: string): BatchItem {
    return { position, text, tokens: tokensOf(besides + text.length, options) };
  }
  const room = roomOf(form, options.charactersPerToken);
  const items = texts.flatMap((text, position): readonly BatchItem[] => {
    if (text.trim() === "") return [];
    const item = itemOf(position, text);
    if (text.length <= room) return [item];
    if (options.tooLong === "truncate") return [shortened(item, room)];
    refuse(position, `it has about ${item.tokens} tokens, more than \`maxTokens\``);
    return [];
  });
  const batches = batchItems(items, { size: options.batchSize, tokens: options.maxBatchTokens });
  await boundedMap(batches, options.concurrency, (batch) =>
    encodeIsolating(batch, {
      // a function, since `$` in a replacement text would mean something
      send: (some, brief) =>
        service.embed(
          some.map(({ text }) => template.replace(TEXT, () => text)),
          brief,
        ),
      probe: () => service.embed([PROBE], false),
      shorten(item) {
        const length = Math.floor(item.text.length * SHORTEN_TO);
        return options.tooLong === "truncate" && length > 0 ? shortened(item, length) : undefined;
      },
      keep: ({ position }, vector) => rows.set(vector, position * options.dimensions),
      refuse: ({ position }, why) => refuse(position, why),
    }),
  );
  const encoded = { vectors: rows, truncated: [...cut].sort((a, b) => a - b) };
  if (refused.length > 0) throw new RefusedTexts(refused, encoded);
  return encoded;
}

function tokensOf(length: number, { charactersPerToken }: OpenaiOptions): number {
  return Math.ceil(length / charactersPerToken);
}

/** What batches are cut by; a text that is truncated has as many tokens as its form allows, one of white space is not sent. */
function tokenEstimate(forms: Encoder["forms"], options: ServedOptions): TokenEstimate {
  const { charactersPerToken } = options;
  return {
    how: charactersPerToken === 1 ? "a token a character" : `${charactersPerToken} characters a token`,
    tokens(text, role) {
      if (text.trim() === "") return 0;
      const { template, maxTokens = Number.POSITIVE_INFINITY } = forms[role];
      return Math.min(maxTokens, tokensOf(template.length - TEXT.length + text.length, options));
    },
  };
}

function tokenPrice(options: OpenaiOptions): TokenPrice | undefined {
  const { usdPerMillionTokens } = options;
  if (usdPerMillionTokens === undefined) return priceOf(tokenPrices(), options);
  return { usdPerMillionTokens, source: "the run file", date: undefined };
}

function usageOf(counts: EmbeddingService["counts"], truncated: number, price: TokenPrice | undefined): EncoderUsage {
  return { ...counts, truncated, usd: counts.unmetered === 0 ? costOf(counts.tokens, price) : undefined };
}
