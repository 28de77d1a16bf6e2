import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { cardSchema } from "../../harness/datasets/card.ts";
import { findPreset, modelPresets, unverifiedSettings } from "../../harness/encode/model-presets.ts";
import { formOptions, resolveForms } from "../../harness/encode/text-forms.ts";
import { parseYaml } from "../../harness/storage/yaml-source.ts";

/** The models that the harness promises settings for, with the length of their vectors. */
const PROMISED = {
  "all-mpnet-base-v2": 768,
  "bge-large-en-v1.5": 1024,
  "bge-base-en-v1.5": 768,
  "bge-small-en-v1.5": 384,
  "all-MiniLM-L6-v2": 384,
  "e5-small-v2": 384,
  "e5-base-v2": 768,
  "e5-mistral-7b-instruct": 4096,
  "SFR-Embedding-Mistral": 4096,
  "gte-Qwen1.5-7B-instruct": 4096,
  "GritLM-7B": 4096,
  "Qwen3-Embedding-0.6B": 1024,
};

async function brightPrompts() {
  const folder = join(import.meta.dirname, "../../datasets/bright");
  const names = await readdir(folder);
  return await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(folder, name), "utf8");
      const { task, instructions } = cardSchema.parse(parseYaml(text, name, () => false).value);
      return { name, prompts: { task, instructions } };
    }),
  );
}

describe("modelPresets", () => {
  it("has every promised model once, with its dimension", () => {
    expect(Object.fromEntries(modelPresets().map(({ name, dimension }) => [name, dimension.value]))).toEqual(PROMISED);
    expect(modelPresets()).toHaveLength(Object.keys(PROMISED).length);
    const models = modelPresets().flatMap((preset) => preset.models);
    expect(new Set(models).size).toBe(models.length);
  });

  it("guesses nothing: what has no source says so", () => {
    const unverified = modelPresets().flatMap((preset) => unverifiedSettings(preset).map(() => preset.name));
    expect(unverified).toEqual(["SFR-Embedding-Mistral", "gte-Qwen1.5-7B-instruct"]);
  });

  it.each(["spike", "bright"] as const)("fits every BRIGHT dataset under the protocol %s", async (protocol) => {
    const options = z.strictObject(formOptions).parse({ protocol });
    const cards = await brightPrompts();
    expect(cards).toHaveLength(12);
    for (const preset of modelPresets()) {
      for (const { name, prompts } of cards) {
        const { forms } = resolveForms(options, { preset, prompts, where: name });
        for (const { template } of Object.values(forms)) {
          expect(template.split("{text}")).toHaveLength(2);
          expect(template.replace("{text}", "")).not.toMatch(/[{}]/);
        }
      }
    }
  });
});

describe("findPreset", () => {
  it("goes by the model's id, by the name given, or by none", () => {
    expect(findPreset({ model: "intfloat/e5-base-v2" })?.name).toBe("e5-base-v2");
    expect(findPreset({ model: "Xenova/all-MiniLM-L6-v2" })?.name).toBe("all-MiniLM-L6-v2");
    expect(findPreset({ model: "served-name", preset: "e5-base-v2" })?.name).toBe("e5-base-v2");
    expect(findPreset({ model: "intfloat/e5-base-v2", preset: "none" })).toBeUndefined();
    expect(findPreset({ model: "somebody/else" })).toBeUndefined();
  });

  it("says what was meant by a mistyped name", () => {
    const find = () => findPreset({ model: "x", preset: "e5-base-v3" });
    expect(find).toThrow(expect.objectContaining({ code: "SPEC_INVALID", hint: "Did you mean `e5-base-v2`?" }));
  });
});
