import { readFileSync } from "node:fs";
import { z } from "zod";
import { didYouMean } from "../component.ts";
import { HarnessError } from "../errors.ts";
import { parseYaml } from "../storage/yaml-source.ts";

/** Whose settings count where published runs of a model differ. */
export const PROTOCOLS = ["spike", "bright"] as const;

/** How the vectors of a text's tokens become one: their mean, the first one, the last one. */
export const POOLINGS = ["mean", "cls", "last-token"] as const;

export type Protocol = (typeof PROTOCOLS)[number];
export type Pooling = (typeof POOLINGS)[number];

/** What stands for the text in a template, once. */
export const TEXT = "{text}";
/** What stands for the dataset card's instruction and task. */
export const INSTRUCTION = "{instruction}";
export const TASK = "{task}";

/** Whether a template has a place for the text, and one only. */
export function isTemplate(template: string): boolean {
  return template.split(TEXT).length === 2;
}

const sentence = z.string().min(1);
const evidence = { source: sentence.optional(), unverified: sentence.optional() };

/** A setting either has its source or says why it is unverified. */
function hasEvidence({
  source,
  unverified,
}: { readonly [Key in keyof typeof evidence]?: string | undefined }): boolean {
  return (source === undefined) !== (unverified === undefined);
}

const count = z.int().min(1);

function setting<Value extends z.ZodType>(value: Value) {
  return z.strictObject({ value, ...evidence }).refine(hasEvidence);
}

const limitRule = z
  .strictObject({ protocol: z.enum(PROTOCOLS).optional(), query: count, document: count, ...evidence })
  .refine(hasEvidence);

const formRule = z
  .strictObject({
    protocol: z.enum(PROTOCOLS).optional(),
    family: z.string().min(1).optional(),
    template: z.string().refine(isTemplate),
    ...evidence,
  })
  .refine(hasEvidence)
  .refine(({ family, template }) => (family !== undefined) === template.includes(INSTRUCTION));

const preset = z.strictObject({
  name: z.string().min(1),
  /** Ids at the hub, also of conversions: a run file that names one of them means this preset. */
  models: z.array(z.string()).min(1),
  /** The repository with ONNX files, where the model's own has none. */
  onnx: z.string().optional(),
  dimension: setting(count),
  pooling: setting(z.enum(POOLINGS)),
  /** The token that a text must end on. */
  endToken: setting(z.string().min(1).optional()).optional(),
  maxTokens: z.array(limitRule).min(1),
  query: z.array(formRule).min(1),
  document: z.array(formRule).min(1),
  notes: z.array(sentence).default([]),
});

const presetFile = z.strictObject({ presets: z.array(preset) });

/** Settings of a model, whoever runs it. */
export type ModelPreset = z.output<typeof preset>;
export type FormRule = z.output<typeof formRule>;

/** The value of the option `preset` that turns presets off. */
const NO_PRESET = "none";

let shipped: readonly ModelPreset[] | undefined;

/** The shipped presets, in the order of their file. @throws {z.ZodError} when it is not one */
export function modelPresets(): readonly ModelPreset[] {
  const file = new URL("model-presets.yaml", import.meta.url);
  shipped ??= presetFile.parse(parseYaml(readFileSync(file, "utf8"), file.pathname, () => false).value).presets;
  return shipped;
}

/**
 * The preset that an encoder's options mean: the one they name, else that of the model's id; undefined for none.
 *
 * @throws {HarnessError} `SPEC_INVALID` when there is no preset of that name
 */
export function findPreset(options: {
  readonly model: string;
  readonly preset?: string | undefined;
}): ModelPreset | undefined {
  const { model, preset: name } = options;
  if (name === NO_PRESET) return undefined;
  if (name === undefined) return modelPresets().find(({ models }) => models.includes(model));
  const found = modelPresets().find((candidate) => candidate.name === name);
  if (found !== undefined) return found;
  const names = [...modelPresets().map((candidate) => candidate.name), NO_PRESET];
  throw new HarnessError("SPEC_INVALID", `\`preset\`: expected one of ${names.join(", ")}, got \`${name}\`.`, {
    hint: didYouMean(name, names),
  });
}

/** What in a preset nobody has checked yet, as phrases. */
export function unverifiedSettings(preset: ModelPreset): readonly string[] {
  const rules = (["maxTokens", "query", "document"] as const).flatMap((key) =>
    preset[key].map(({ unverified }) => ({ key, unverified })),
  );
  const settings = (["dimension", "pooling", "endToken"] as const).map((key) => ({
    key,
    unverified: preset[key]?.unverified,
  }));
  return [...settings, ...rules].flatMap(({ key, unverified }) =>
    unverified === undefined ? [] : [`\`${key}\` (${unverified})`],
  );
}
