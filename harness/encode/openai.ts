import { boundedMap } from "../runtime/bounded-map.ts";
import { type EmbeddingService, openEmbeddingService } from "./embedding-service.ts";
import { encodeIsolating } from "./isolate-texts.ts";
import { type OpenaiOptions, openaiOptions } from "./openai-options.ts";
import { type RefusedText, RefusedTexts } from "./refused-texts.ts";
import { type BatchItem, batchItems, cutText } from "./text-batches.ts";
import { costOf, priceOf, type TokenPrice, tokenPrices } from "./token-price.ts";
import {
  defineEncoder,
  type EncodedTexts,
  type Encoder,
  type EncoderServices,
  type EncoderUsage,
  type TextRole,
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
    open: () => {
      let service: Promise<EmbeddingService> | undefined;
      let counts: EmbeddingService["counts"] = { requests: 0, texts: 0, tokens: 0, unmetered: 0 };
      let truncated = 0;
      const price = tokenPrice(options);
      function onTruncated(): void {
        if (truncated === 0)
          services.say?.(`encoder \`openai\` (${options.model}): some texts are too long; truncated.`);
        truncated += 1;
      }
      const encoder: Encoder = {
        identity: identityOf(options),
        forms: formsOf(options),
        maxTokens: readTokens(options),
        dim: options.dimensions,
        batchSize: options.batchSize * options.concurrency,
        async encode(texts, role) {
          service ??= openEmbeddingService(options, services);
          const opened = await service;
          counts = opened.counts;
          return await encodeTexts(texts, role, { options, service: opened, services, onTruncated });
        },
        tokenEstimate: tokenEstimate(options),
        price,
        usage: () => usageOf(counts, truncated, price),
      };
      // nothing is asked of a server before the first text
      return Promise.resolve(encoder);
    },
  }),
});

/** Truncation counts by an estimate, which the identity has with the rest of its rule. */
function formsOf({ instructions: { query, document, scenario } }: OpenaiOptions): Encoder["forms"] {
  return { query: { template: query }, document: { template: document }, scenario: { template: scenario } };
}

/** Everything but where servers are, who pays and how requests are cut. */
function identityOf(options: OpenaiOptions) {
  const { model, revision, servedModel = model, dimensions, sendDimensions, encodingFormat, normalize } = options;
  const { maxTokens, charactersPerToken, tooLong } = options;
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
    truncation: tooLong === "fail" ? null : { side: "right", maxTokens: maxTokens ?? null, charactersPerToken },
  };
}

type Work = {
  readonly options: OpenaiOptions;
  readonly service: EmbeddingService;
  readonly services: EncoderServices;
  readonly onTruncated: () => void;
};

async function encodeTexts(texts: readonly string[], role: TextRole, work: Work): Promise<EncodedTexts> {
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
  const { [role]: template } = options.instructions;
  const besides = template.length - "{text}".length;
  function itemOf(position: number, text: string): BatchItem {
    return { position, text, tokens: tokensOf(besides + text.length, options) };
  }
  const { maxTokens = Number.POSITIVE_INFINITY } = options;
  const room = Math.floor(maxTokens * options.charactersPerToken) - besides;
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
          some.map(({ text }) => template.replace("{text}", () => text)),
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

/** Without truncation a longer text is refused, not read in part. */
function readTokens({ tooLong, maxTokens }: OpenaiOptions): number | undefined {
  return tooLong === "truncate" ? maxTokens : undefined;
}

/** What batches are cut by; a text that is truncated has `maxTokens`, one of white space is not sent. */
function tokenEstimate(options: OpenaiOptions): TokenEstimate {
  const { instructions, charactersPerToken } = options;
  const most = readTokens(options) ?? Number.POSITIVE_INFINITY;
  return {
    how: charactersPerToken === 1 ? "a token a character" : `${charactersPerToken} characters a token`,
    tokens(text, role) {
      if (text.trim() === "") return 0;
      return Math.min(most, tokensOf(instructions[role].length - "{text}".length + text.length, options));
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
