import { isAbsolute, join } from "node:path";
import type { Query } from "../domain/query.ts";
import { HarnessError } from "../errors.ts";
import type { CompletionServices } from "../llm/completion-services.ts";
import { openReplayClient } from "../llm/replay.ts";
import type { Outcome } from "../llm/types.ts";
import type { ExpansionOptions } from "./expansion-options.ts";
import { type GenerationSetting, openQueryGeneration, type QueryGeneration } from "./query-generation.ts";
import type { Recipe } from "./recipes.ts";
import { leadInStripper } from "./strip-lead-in.ts";
import type { ExpandedQueries, Expansion, ExpansionRequest } from "./types.ts";

export type LlmExpansion = {
  readonly options: ExpansionOptions;
  /** Name of the prompt that is shipped, a file of this room. */
  readonly prompt: string;
  readonly recipe: Recipe;
};

/** An expansion by texts that a model writes for every query, or has written. */
export function llmExpansion({ options, prompt, recipe }: LlmExpansion, services: CompletionServices): Expansion {
  const { client, samples } = options;
  if (client.kind !== "replay") {
    return generatedExpansion({ options: { ...options, client }, prompt, services }, recipe);
  }
  return {
    model: undefined,
    async load({ partial = false, ...request }) {
      const named = client.path.replaceAll("{dataset}", request.datasetId);
      const replay = await openReplayClient(isAbsolute(named) ? named : join(request.folder, named));
      const outcome = ({ id }: Query, sample: number) => replay.complete({ messages: [], about: id, sample });
      const expanded = await expand(request.queries, { samples, outcome, recipe });
      if (!partial) requireAny(expanded, named);
      return { ...expanded, promptSha256: undefined };
    },
  };
}

function generatedExpansion(setting: GenerationSetting, recipe: Recipe): Expansion {
  const { client, samples } = setting.options;
  async function withGeneration<Result>(
    request: ExpansionRequest,
    work: (generation: QueryGeneration) => Promise<Result>,
  ): Promise<Result> {
    const generation = await openQueryGeneration(setting, request);
    try {
      return await work(generation);
    } finally {
      await generation.close();
    }
  }
  return {
    model: client.model,
    load: ({ partial = false, ...request }) =>
      withGeneration(request, async (generation) => {
        if (!partial) await requireAll(generation, request);
        const { outcome, promptSha256 } = generation;
        const expanded = await expand(request.queries, { samples, outcome, recipe });
        if (!partial) requireAny(expanded, `dataset \`${request.datasetId}\``);
        return { ...expanded, promptSha256 };
      }),
    generation: {
      limits: { samples, maxTokens: client.maxTokens },
      estimate: (request) => withGeneration(request, (generation) => generation.estimate()),
      generate: (request, choices) =>
        withGeneration(request, async (generation) => generation.generate(await generation.estimate(), choices)),
    },
  };
}

type Expanding = {
  readonly samples: number;
  readonly outcome: (query: Query, sample: number) => Promise<Outcome | undefined>;
  readonly recipe: Recipe;
};

/** A query without a text stays as it is. */
async function expand(
  queries: readonly Query[],
  { samples, outcome, recipe }: Expanding,
): Promise<Omit<ExpandedQueries, "promptSha256">> {
  const strip = await leadInStripper();
  const counts = { expanded: 0, missing: 0, cut: 0, stripped: 0 };
  async function textOf(query: Query, sample: number): Promise<string | undefined> {
    const found = await outcome(query, sample);
    const { text, stripped } = found?.status === "answered" ? strip(found.text) : { text: "", stripped: false };
    if (text === "") {
      counts.missing += 1;
      return undefined;
    }
    counts.cut += found?.status === "answered" && found.finish === "length" ? 1 : 0;
    counts.stripped += stripped ? 1 : 0;
    return text;
  }
  const expanded: Query[] = [];
  for (const query of queries) {
    const texts: string[] = [];
    for (let sample = 0; sample < samples; sample++) {
      const text = await textOf(query, sample);
      if (text !== undefined) texts.push(text);
    }
    counts.expanded += texts.length > 0 ? 1 : 0;
    expanded.push(texts.length > 0 ? { ...query, ...recipe(query, texts) } : query);
  }
  return { queries: expanded, coverage: { queries: queries.length, samples, ...counts } };
}

function requireAny({ coverage }: Pick<ExpandedQueries, "coverage">, where: string): void {
  if (coverage.expanded > 0) return;
  throw new HarnessError("DATA_INVALID", `expected texts to expand the queries with, found none for any of them.`, {
    where,
    hint: "Look at the answers: ids that are not the queries', refusals, or a prompt that the model does not understand.",
  });
}

async function requireAll(generation: QueryGeneration, { datasetId }: ExpansionRequest): Promise<void> {
  const { queries, samples, kept, toAsk, promptTokens, usd } = await generation.estimate();
  const all = queries * samples;
  if (kept === all) return;
  const cost = usd === undefined ? "" : `, at most about ${usd.toFixed(2)} USD`;
  throw new HarnessError("NOT_GENERATED", `${all - kept} of ${all} texts to expand queries are not generated yet.`, {
    where: `dataset \`${datasetId}\``,
    hint:
      "`spikebench expand FILE`, or `spikebench run FILE --generate`, asks for them: " +
      `${toAsk} requests, about ${promptTokens} prompt tokens${cost}.`,
  });
}
