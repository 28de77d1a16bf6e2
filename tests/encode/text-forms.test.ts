import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type DatasetPrompts, NO_PROMPTS } from "../../harness/domain/dataset.ts";
import { findPreset } from "../../harness/encode/model-presets.ts";
import { type FormOptions, formOptions, resolveForms } from "../../harness/encode/text-forms.ts";

const SCHEMA = z.strictObject(formOptions);

/** What datasets/bright/earth_science.yaml says. */
const EARTH: DatasetPrompts = {
  task: { spike: "Earth Science", bright: "earth_science" },
  instructions: {
    "e5-mistral": { query: "Instruct: Given a {task} post, retrieve relevant passages\nQuery: " },
    gritlm: { query: "<|user|>\nGiven a {task} post\n<|embed|>\n", document: "<|embed|>\n" },
    "bge-large": { query: "Represent this {task} post for searching relevant passages: " },
  },
};
/** What datasets/beir/scifact.yaml says. */
const SCIFACT: DatasetPrompts = {
  task: {},
  instructions: { mteb: { query: "Given a scientific claim, retrieve documents that support or refute the claim" } },
};

type Given = z.input<typeof SCHEMA>;

function resolve(name: string, prompts: DatasetPrompts, options: Given = {}) {
  const parsed: FormOptions = SCHEMA.parse(options);
  return resolveForms(parsed, { preset: findPreset({ model: "x", preset: name }), prompts, where: "here" });
}

const limitsOf = (name: string, options: Given) => {
  const { query, document, scenario } = resolve(name, EARTH, options).forms;
  return [query.maxTokens, document.maxTokens, scenario.maxTokens];
};

describe("resolveForms", () => {
  it("leaves texts as they stand without preset and options", () => {
    const { forms, origins } = resolve("none", EARTH);
    for (const form of Object.values(forms)) expect(form).toEqual({ template: "{text}", maxTokens: undefined });
    expect(origins[0]).toBe("No preset.");
  });

  it.each([
    { protocol: "spike" as const, task: "Earth Science" },
    { protocol: "bright" as const, task: "earth_science" },
  ])("puts the card's instruction first, with the task as $protocol writes it", ({ protocol, task }) => {
    const { forms, origins } = resolve("e5-mistral-7b-instruct", EARTH, { protocol });
    const query = `Instruct: Given a ${task} post, retrieve relevant passages\nQuery: {text}`;
    expect(forms.query.template).toBe(query);
    expect(forms.document.template).toBe("{text}");
    expect(origins.join(" ")).toContain("query from the dataset's card (e5-mistral)");
  });

  it("falls back as the preset declares, and says so", () => {
    const { forms, origins } = resolve("e5-mistral-7b-instruct", SCIFACT);
    const claim = "Given a scientific claim, retrieve documents that support or refute the claim";
    expect(forms.query.template).toBe(`Instruct: ${claim}\nQuery: {text}`);
    expect(origins.join(" ")).toContain("(mteb)");
    // without the space that e5-mistral has
    expect(resolve("Qwen3-Embedding-0.6B", SCIFACT).forms.query.template).toBe(`Instruct: ${claim}\nQuery:{text}`);
    expect(resolve("GritLM-7B", SCIFACT).forms.query.template).toBe(`<|user|>\n${claim}\n<|embed|>\n{text}`);
    const generic = "Represent this sentence for searching relevant passages: {text}";
    expect(resolve("bge-large-en-v1.5", SCIFACT).forms.query.template).toBe(generic);
    expect(resolve("bge-large-en-v1.5", EARTH).forms.query.template).toContain("Earth Science post");
  });

  it("never leaves out an instruction in silence", () => {
    const lacking = () => resolve("e5-mistral-7b-instruct", NO_PROMPTS);
    expect(lacking).toThrow(expect.objectContaining({ code: "SPEC_INVALID", where: "here" }));
    expect(lacking).toThrow(/e5-mistral or mteb/);
    const taskless = { ...EARTH, task: { bright: "earth_science" } };
    expect(() => resolve("e5-mistral-7b-instruct", taskless)).toThrow(
      expect.objectContaining({ code: "SPEC_INVALID" }),
    );
    expect(() => resolve("none", NO_PROMPTS, { instructions: { query: "{task}: {text}" } })).toThrow(/spike/);
  });

  it("lets options win, role by role, with {task} in them", () => {
    const { forms, origins } = resolve("GritLM-7B", EARTH, { instructions: { query: "{task}? {text}" } });
    expect(forms.query.template).toBe("Earth Science? {text}");
    expect(forms.document.template).toBe("<|embed|>\n{text}");
    expect(origins.join(" ")).toContain("query as the options say");
    expect(
      resolve("e5-mistral-7b-instruct", NO_PROMPTS, { instructions: { query: "q: {text}" } }).forms.query.template,
    ).toBe("q: {text}");
  });

  it("gives scenarios the form of documents unless told", () => {
    expect(resolve("e5-small-v2", NO_PROMPTS).forms.scenario.template).toBe("passage: {text}");
    const own = resolve("e5-small-v2", NO_PROMPTS, {
      instructions: { scenario: "query: {text}" },
      maxTokens: { scenario: 9 },
    });
    expect(own.forms.scenario).toEqual({ template: "query: {text}", maxTokens: 9 });
    expect(own.forms.document).toEqual({ template: "passage: {text}", maxTokens: 512 });
    const documents = resolve("e5-small-v2", NO_PROMPTS, {
      instructions: { document: "d: {text}" },
      maxTokens: { document: 7 },
    });
    expect(documents.forms.scenario).toEqual({ template: "d: {text}", maxTokens: 7 });
  });

  it.each([
    // SPIKE: 384 - 10 word pieces of a document and two special tokens; BRIGHT: the model's own limit
    { name: "all-mpnet-base-v2", spike: [384, 384 - 10 + 2, 384 - 10 + 2], bright: [384, 384, 384] },
    { name: "bge-large-en-v1.5", spike: [512, 512 - 10 + 2, 512 - 10 + 2], bright: [512, 512, 512] },
    { name: "e5-mistral-7b-instruct", spike: [8192, 8192, 8192], bright: [4096, 4096, 4096] },
    { name: "SFR-Embedding-Mistral", spike: [4090, 4090, 4090], bright: [4096, 4096, 4096] },
    { name: "gte-Qwen1.5-7B-instruct", spike: [16384, 16384, 16384], bright: [8192, 8192, 8192] },
    { name: "GritLM-7B", spike: [512, 512, 512], bright: [256, 2048, 2048] },
  ])("has the token limits of either protocol: $name", ({ name, spike, bright }) => {
    expect(limitsOf(name, {})).toEqual(spike);
    expect(limitsOf(name, { protocol: "bright" })).toEqual(bright);
    expect(limitsOf(name, { maxTokens: 99 })).toEqual([99, 99, 99]);
  });

  it("says what of a preset is unverified", () => {
    const { origins } = resolve("SFR-Embedding-Mistral", EARTH);
    expect(origins).toContainEqual(expect.stringMatching(/^Unverified: `endToken`/));
    expect(resolve("all-MiniLM-L6-v2", EARTH).origins.join(" ")).not.toContain("Unverified");
  });

  it("refuses templates without a place for the text, or with two, and unknown presets", () => {
    for (const options of [
      { instructions: { query: "no place" } },
      { instructions: { document: "{text} {text}" } },
      { preset: "e5-mistral" },
      { protocol: "beir" },
    ]) {
      expect(SCHEMA.safeParse(options).success, JSON.stringify(options)).toBe(false);
    }
  });
});
