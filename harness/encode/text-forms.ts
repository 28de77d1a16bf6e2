import { z } from "zod";
import type { DatasetPrompts } from "../domain/dataset.ts";
import { HarnessError } from "../errors.ts";
import {
  type FormRule,
  findPreset,
  INSTRUCTION,
  isTemplate,
  type ModelPreset,
  PROTOCOLS,
  type Protocol,
  TASK,
  TEXT,
  unverifiedSettings,
} from "./model-presets.ts";
import type { Encoder, TextForm, TextRole } from "./types.ts";

const template = z.string().refine(isTemplate, { error: "expected a template with `{text}` once." }).optional();
const limit = z.int().min(1);

/** Options of every encoder that puts texts before a model in its own way. */
export const formOptions = {
  preset: z
    .string()
    .min(1)
    .refine(isPreset, { error: "expected the name of a preset (`spikebench models list`) or `none`." })
    .optional()
    .describe("Settings of a known model; by its hub id unless told. Options given beside it win. `none`: no preset."),
  protocol: z
    .enum(PROTOCOLS)
    .default("spike")
    .describe("Whose settings count where published runs differ: token limits, and the wording of `{task}`."),
  instructions: z
    .strictObject({
      query: template.describe("What queries are put in."),
      document: template.describe("What documents are put in."),
      scenario: template.describe("What scenarios are put in."),
    })
    .prefault({})
    .describe(
      "What the model reads for a text, by role: a template with `{text}`; `{task}` is what the dataset's card says. " +
        "Scenarios are put as documents are, unless told.",
    ),
  maxTokens: z
    .union([
      limit,
      z
        .strictObject({
          query: limit.describe("Tokens of a query."),
          document: limit.describe("Tokens of a document."),
          scenario: limit.describe("Tokens of a scenario."),
        })
        .partial(),
    ])
    .optional()
    .describe("Tokens that the model reads of a text, with its instruction and special tokens, by role or for all."),
};

export type FormOptions = z.output<z.ZodObject<typeof formOptions>>;

export type FormSources = {
  readonly preset: ModelPreset | undefined;
  readonly prompts: DatasetPrompts;
  /** The encoder, for messages. */
  readonly where: string;
};

export type ResolvedForms = {
  readonly forms: Encoder["forms"];
  /** Where each form comes from and what is unverified, as sentences. */
  readonly origins: readonly string[];
};

/**
 * How texts of each role are put before a model: what the options say, else what the preset says of this dataset, else the
 * text as it stands. Nothing is left out in silence: an instruction that the preset wants and the dataset lacks is an error.
 *
 * @throws {HarnessError} `SPEC_INVALID` for a dataset without the instruction or the task that is asked for
 */
export function resolveForms(options: FormOptions, sources: FormSources): ResolvedForms {
  const { protocol, instructions, maxTokens } = options;
  const { preset } = sources;
  const rule = preset?.maxTokens.find((candidate) => fits(candidate.protocol, protocol));
  const given = typeof maxTokens === "object" ? maxTokens : { query: maxTokens, document: maxTokens };
  const query = resolveRole("query", options, sources);
  const document = resolveRole("document", options, sources);
  const scenario =
    instructions.scenario === undefined
      ? { template: document.template, origin: "as documents" }
      : resolveRole("scenario", options, sources);
  const limits = {
    query: given.query ?? rule?.query,
    document: given.document ?? rule?.document,
    scenario: ("scenario" in given ? given.scenario : undefined) ?? given.document ?? rule?.document,
  };
  const form = (role: TextRole, { template }: Resolved): TextForm => ({ template, maxTokens: limits[role] });
  return {
    forms: { query: form("query", query), document: form("document", document), scenario: form("scenario", scenario) },
    origins: [
      preset === undefined ? "No preset." : `Preset ${preset.name}, protocol ${protocol}.`,
      `Instructions: query ${query.origin}; document ${document.origin}; scenario ${scenario.origin}.`,
      ...(preset === undefined ? [] : unverifiedSettings(preset).map((phrase) => `Unverified: ${phrase}.`)),
      ...(preset?.notes ?? []),
    ],
  };
}

type Resolved = { readonly template: string; readonly origin: string };

function resolveRole(role: TextRole, { protocol, instructions }: FormOptions, sources: FormSources): Resolved {
  const { preset, prompts, where } = sources;
  const given = instructions[role];
  const task = { protocol, prompts, where: `${where}, \`instructions.${role}\`` };
  if (given !== undefined) return { template: putTask(given, task), origin: "as the options say" };
  const rules = role === "scenario" ? undefined : preset?.[role];
  if (rules === undefined) return { template: TEXT, origin: "none" };
  for (const rule of rules) {
    const instruction = instructionFor(rule, role, { protocol, prompts });
    if (instruction === undefined) continue;
    // functions, since `$` in a replacement text would mean something
    const filled = rule.template.replace(INSTRUCTION, () => instruction);
    return { template: putTask(filled, task), origin: describeRule(rule) };
  }
  const families = rules.flatMap(({ family }) => family ?? []);
  throw new HarnessError(
    "SPEC_INVALID",
    `preset ${preset?.name} wants an instruction (${families.join(" or ")}) before a ${role}; the dataset's card has none.`,
    { where, hint: `Give \`instructions: {${role}: "...{text}"}\` to the encoder, or \`preset: none\`.` },
  );
}

type Prompts = { readonly protocol: Protocol; readonly prompts: DatasetPrompts };

/** The instruction that a rule puts before texts, empty for one that needs none; undefined when the rule does not fit. */
function instructionFor({ protocol: only, family }: FormRule, role: TextRole, { protocol, prompts }: Prompts) {
  if (!fits(only, protocol)) return undefined;
  if (family === undefined) return "";
  return role === "scenario" ? undefined : prompts.instructions[family]?.[role];
}

function describeRule({ family, template, source, unverified }: FormRule): string {
  if (family !== undefined) return `from the dataset's card (${family})`;
  const evidence = source ?? `unverified: ${unverified}`;
  return template === TEXT ? `none (${evidence})` : `as the preset says (${evidence})`;
}

function putTask(filled: string, { protocol, prompts, where }: Prompts & { readonly where: string }): string {
  if (!filled.includes(TASK)) return filled;
  const task = prompts.task[protocol];
  if (task !== undefined) return filled.replaceAll(TASK, () => task);
  throw new HarnessError(
    "SPEC_INVALID",
    `expected the dataset's card to say what \`${TASK}\` is (protocol ${protocol}).`,
    {
      where,
      hint: `Add \`task: {${protocol}: ...}\` to the card, or write the instruction without \`${TASK}\`.`,
    },
  );
}

function fits(only: Protocol | undefined, protocol: Protocol): boolean {
  return only === undefined || only === protocol;
}

function isPreset(name: string): boolean {
  try {
    findPreset({ model: "", preset: name });
    return true;
  } catch (error) {
    if (error instanceof HarnessError) return false;
    throw error;
  }
}
