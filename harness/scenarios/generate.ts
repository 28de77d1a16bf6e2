import { sliceViews } from "../domain/view.ts";
import { HarnessError } from "../errors.ts";
import { buildScenarioSet } from "./build-scenario-set.ts";
import type { EntryBatch, EntrySource } from "./entry-source.ts";
import { generationOptions } from "./generation-options.ts";
import { entriesOfOutcome } from "./outcome-entries.ts";
import type { ScenarioEntry } from "./scenario-entry.ts";
import { type Generation, openGeneration } from "./scenario-generation.ts";
import { textOptions } from "./scenario-text.ts";
import { defineScenarioSource, type ScenarioRequest } from "./types.ts";

const DOCUMENTS_PER_BATCH = 256;

/** Scenarios that an LLM writes, read from the journal of its answers; `run --generate` asks for those that are missing. */
export const generate = defineScenarioSource({
  kind: "generate",
  summary: "Scenarios written by a model behind an OpenAI-compatible server; `run` asks nothing without `--generate`.",
  source:
    "https://github.com/augustinLib/SPIKE (generate_scenario.py at f573f96): schema and rules; the prompt is our own",
  options: generationOptions.extend(textOptions.shape),
  create({ components, keyPoints, ...options }, services) {
    async function withGeneration<Result>(request: ScenarioRequest, work: (generation: Generation) => Promise<Result>) {
      const generation = await openGeneration(options, request, services);
      try {
        return await work(generation);
      } finally {
        await generation.close();
      }
    }
    /** A pass opens the journal anew: it may come long after the one before. */
    const keptEntries = (request: ScenarioRequest): EntrySource => ({
      async *read({ line } = { line: 1, byte: 0 }) {
        const first = line - 1;
        const docIds = request.docIds.slice(first);
        const corpus = sliceViews(request.corpus, { first, end: first + docIds.length });
        const generation = await openGeneration(options, { ...request, docIds, corpus }, services);
        try {
          yield* entryBatches(generation, line);
        } finally {
          await generation.close();
        }
      },
    });
    return {
      load: ({ partial = false, ...request }) =>
        withGeneration(request, async (generation) => {
          if (!partial) await requireAll(generation, request);
          return await buildScenarioSet(request, keptEntries(request), { text: { components, keyPoints } });
        }),
      generation: {
        model: options.client.model,
        divisible: options.usdBudget === undefined && options.via === "requests",
        estimate: (request) => withGeneration(request, (generation) => generation.estimate()),
        generate: (request, onProgress) =>
          withGeneration(request, async (generation) =>
            generation.generate(await generation.estimate(), { onProgress }),
          ),
      },
    };
  },
});

/** @param line of the first document, counted from 1 */
async function* entryBatches(generation: Generation, line: number): AsyncGenerator<EntryBatch> {
  let entries: ScenarioEntry[] = [];
  let [first, next] = [line, line];
  for await (const outcome of generation.outcomes()) {
    entries.push(...entriesOfOutcome(outcome).entries);
    next += 1;
    if (next - first < DOCUMENTS_PER_BATCH) continue;
    yield { place: { line: first, byte: 0 }, entries };
    entries = [];
    first = next;
  }
  yield { place: { line: first, byte: 0 }, entries };
}

async function requireAll(generation: Generation, { datasetId }: ScenarioRequest): Promise<void> {
  const { documents, kept, toAsk, promptTokens, usd } = await generation.estimate();
  if (kept === documents) return;
  const cost = usd === undefined ? "" : `, about ${usd.toFixed(2)} USD`;
  throw new HarnessError(
    "NOT_GENERATED",
    `the scenarios of ${documents - kept} of ${documents} documents are not generated yet.`,
    {
      where: `dataset \`${datasetId}\``,
      hint: `\`spikebench run FILE --generate\` asks for them: ${toAsk} requests, about ${promptTokens} prompt tokens${cost}.`,
    },
  );
}
