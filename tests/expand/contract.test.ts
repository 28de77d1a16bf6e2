import { writeFile } from "node:fs/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { checkFragment } from "../../harness/component.ts";
import { queryId } from "../../harness/domain/ids.ts";
import { createExpansion, expansions } from "../../harness/expand/registry.ts";
import { chatStandIn, noWaiting } from "../llm/chat-stand-in.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const server = chatStandIn();
const folder = temporaryFolder();
let journals = 0;
const kinds = Object.keys(expansions);
const query = { id: queryId("q1"), text: "why does salt draw water", excluded: [] };

beforeEach(() => server.behave({ always: { text: "Osmosis moves water." } }));

function open(kind: string, more: object = {}) {
  const client = { model: "writer", server: "stand-in", baseUrls: [server.baseUrl()] };
  const completions = folder.path(`journal-${journals++}`);
  return createExpansion({ kind, client, ...more }, { completions, pause: noWaiting([]) });
}

const request = { datasetId: "beir/demo", queries: [query], folder: "." };

describe.each(kinds)("expansion %s", (kind) => {
  it("asks for its number of texts with the query in the prompt that is shipped", async () => {
    const expansion = open(kind);
    const samples = expansion.generation?.limits.samples ?? 0;
    expect(await expansion.generation?.estimate(request)).toMatchObject({
      queries: 1,
      samples,
      kept: 0,
      toAsk: samples,
    });
    await expansion.generation?.generate(request, {});
    const asked = await server.log();
    expect(asked).toHaveLength(samples);
    for (const { messages } of asked) expect(messages?.[0]?.content.split(query.text)).toHaveLength(2);
    const { coverage } = await expansion.load(request);
    expect(coverage).toEqual({ queries: 1, expanded: 1, samples, missing: 0, cut: 0, stripped: 0 });
  });

  it("makes a text for words and parts for vectors whose weights sum to 1", async () => {
    const expansion = open(kind, { samples: 2 });
    await expansion.generation?.generate(request, {});
    const [expanded] = (await expansion.load(request)).queries;
    expect(expanded).toMatchObject({ id: "q1", excluded: [] });
    expect(expanded?.text).toContain("Osmosis moves water.");
    expect(expanded?.parts?.some(({ text }) => text.includes("Osmosis moves water."))).toBe(true);
    expect(expanded?.parts?.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  it("asks nothing again when only the way changes in which the texts are used", async () => {
    const completions = folder.path(`journal-${journals++}`);
    const client = { model: "writer", server: "stand-in", baseUrls: [server.baseUrl()] };
    const fragment = { kind, client };
    const first = createExpansion(fragment, { completions });
    await first.generation?.generate(request, {});
    const [one] = (await first.load(request)).queries;
    const [other] = (await createExpansion({ ...fragment, queryRepeats: 2 }, { completions }).load(request)).queries;
    expect(other?.text).not.toBe(one?.text);
    expect(other?.parts).toEqual(one?.parts);
  });

  it("is read from recorded answers without a server", async () => {
    const path = "answers-{dataset}.jsonl";
    await writeFile(folder.path("answers-demo.jsonl"), '{"_id": "q1", "texts": ["Salt draws water out."]}\n');
    const expansion = createExpansion({ kind, client: { kind: "replay", path }, samples: 1 });
    expect(expansion.generation).toBeUndefined();
    const { queries, coverage, promptSha256 } = await expansion.load({
      ...request,
      datasetId: "demo",
      folder: folder.path("."),
    });
    expect(queries[0]?.text).toContain("Salt draws water out.");
    expect(coverage).toMatchObject({ expanded: 1, missing: 0 });
    expect(promptSha256).toBeUndefined();
  });

  it.each([
    {},
    { client: { model: "writer" } },
    { client: { kind: "replay" } },
    { client: { kind: "other", path: "x" } },
    { client: { kind: "replay", path: "x", model: "writer" } },
    { client: { kind: "replay", path: "x" }, samples: 0 },
    { client: { kind: "replay", path: "x" }, sample: 2 },
  ])("refuses the options %o", (options) => {
    expect(() => checkFragment("expansion", expansions, { kind, ...options }, { where: "a.yaml:1:1" })).toThrow(
      expect.objectContaining({ code: "SPEC_INVALID", where: "a.yaml:1:1" }),
    );
  });
});

it("says what it samples with where the run file does not: as in LLM-QE's and HyDE's code, and a short text in query2doc", async () => {
  const sampled = async (kind: string) => {
    const expansion = open(kind, { samples: 1 });
    await expansion.generation?.generate(request, {});
    const [asked] = await server.log();
    return asked;
  };
  expect(await sampled("hyde")).toMatchObject({ temperature: 0.7, top_p: 1, max_tokens: 512 });
  expect(await sampled("llm-qe")).toMatchObject({ temperature: 1, top_p: 0.9, max_tokens: 512 });
  expect(await sampled("query2doc")).toMatchObject({ temperature: 1, top_p: 1, max_tokens: 128 });
});
