import { beforeEach, describe, expect, it } from "vitest";
import { type DatasetPrompts, NO_PROMPTS } from "../../harness/domain/dataset.ts";
import { RefusedTexts } from "../../harness/encode/refused-texts.ts";
import { createEncoder } from "../../harness/encode/registry.ts";
import { collection, searched } from "./collection.ts";
import { openaiStandIn } from "./openai-stand-in.ts";

const server = openaiStandIn();

beforeEach(() => server.behave({}));

describe("presets of served models", () => {
  const instructions = { mteb: { query: "Given a claim, find documents" } };
  const open = async (options: object, prompts: DatasetPrompts = NO_PROMPTS) => {
    const fragment = { kind: "openai", baseUrls: [server.baseUrl()], servedModel: "*", ...options };
    return await createEncoder(fragment, { folder: "." }).open({ ...searched(collection([])), prompts });
  };

  it("give dimension, instructions and limits, by the model's id or by name", async () => {
    for (const options of [
      { model: "intfloat/e5-mistral-7b-instruct" },
      { model: "e5", preset: "e5-mistral-7b-instruct" },
    ]) {
      const encoder = await open({ ...options, tooLong: "truncate" }, { task: {}, instructions });
      expect(encoder.dim).toBe(4096);
      expect(encoder.forms).toEqual({
        query: { template: "Instruct: Given a claim, find documents\nQuery: {text}", maxTokens: 8192 },
        document: { template: "{text}", maxTokens: 8192 },
        scenario: { template: "{text}", maxTokens: 8192 },
      });
      expect(encoder.origins).toContain("Preset e5-mistral-7b-instruct, protocol spike.");
    }
  });

  it("send what they say, and give way to options", async () => {
    const model = "intfloat/e5-small-v2";
    await (await open({ model, dimensions: 16 })).encode(["rain"], "scenario");
    await (await open({ model, dimensions: 16, instructions: { query: "q: {text}" } })).encode(["rain"], "query");
    await (await open({ model, dimensions: 16, preset: "none" })).encode(["rain"], "query");
    expect((await server.log()).map(({ input }) => input)).toEqual([["passage: rain"], ["q: rain"], ["rain"]]);
  });

  it("report a limit without making it part of the key where too long texts are refused", async () => {
    const encoder = await open({ model: "intfloat/e5-small-v2", dimensions: 16 });
    expect(encoder.forms.document).toEqual({ template: "passage: {text}" });
    // 512 tokens of 4 characters, less the instruction
    const most = "x".repeat(512 * 4 - "passage: ".length);
    await encoder.encode([most], "document");
    const error = await encoder.encode([`${most}x`], "document").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RefusedTexts);
  });

  it("that lack an instruction of the dataset, or leave no room for a text, are refused", async () => {
    const lacking = open({ model: "intfloat/e5-mistral-7b-instruct" });
    await expect(lacking).rejects.toMatchObject({ code: "SPEC_INVALID" });
    const long = open({ model: "m", dimensions: 4, instructions: { query: "a long one: {text}" }, maxTokens: 2 });
    await expect(long).rejects.toMatchObject({ code: "SPEC_INVALID" });
  });
});
