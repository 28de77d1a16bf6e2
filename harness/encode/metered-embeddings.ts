import type { Clock } from "../runtime/clock.ts";
import type { EmbeddingCache } from "./embedding-cache.ts";
import { tokenEstimateOf } from "./estimate-encoding.ts";
import { RefusedTexts } from "./refused-texts.ts";
import type { Encoder, TextRole } from "./types.ts";

/** What an encoder did: texts that it made vectors of, their tokens as estimated, and the time it took. */
export type EncoderWork = {
  readonly encoder: Encoder;
  readonly texts: number;
  readonly tokens: number;
  /** In `encode` alone, the loading of a model included; reading and storing vectors is not. */
  readonly seconds: number;
};

export type MeteredEmbeddings = {
  readonly embeddings: EmbeddingCache;
  /** Work so far, of every encoder that was called. */
  work(): readonly EncoderWork[];
};

type Tally = { texts: number; tokens: number; seconds: number };

/** The same cache, and a count of what encoders do for it. Calls that fail count neither texts nor time. */
export function meterEmbeddings(cache: EmbeddingCache, clock: Clock): MeteredEmbeddings {
  const tallies = new Map<Encoder, Tally>();

  function metered(encoder: Encoder): Encoder {
    const estimate = tokenEstimateOf(encoder);
    return {
      ...encoder,
      async encode(texts, role) {
        const tally = tallies.get(encoder) ?? { texts: 0, tokens: 0, seconds: 0 };
        tallies.set(encoder, tally);
        const started = clock();
        const { encoded, refused } = await outcomeOf(encoder, texts, role);
        const read = texts.filter((_, position) => !refused.has(position));
        tally.texts += read.length;
        tally.tokens += read.reduce((sum, text) => sum + estimate.tokens(text, role), 0);
        tally.seconds += (clock() - started) / 1_000;
        if (encoded instanceof RefusedTexts) throw encoded;
        return encoded;
      },
    };
  }

  return {
    embeddings: { ...cache, embed: (request) => cache.embed({ ...request, encoder: metered(request.encoder) }) },
    work: () => Array.from(tallies, ([encoder, tally]) => ({ encoder, ...tally })),
  };
}

async function outcomeOf(encoder: Encoder, texts: readonly string[], role: TextRole) {
  try {
    return { encoded: await encoder.encode(texts, role), refused: new Set<number>() };
  } catch (error) {
    if (!(error instanceof RefusedTexts)) throw error;
    return { encoded: error, refused: new Set(error.refused.map(({ position }) => position)) };
  }
}
