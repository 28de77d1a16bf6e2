import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { GateRules } from "../../compare/gate.ts";
import { describeIssue } from "../../component.ts";
import { HarnessError } from "../../errors.ts";
import { fileError } from "../../storage/file-error.ts";
import { parseYaml, type YamlSource } from "../../storage/yaml-source.ts";

const fraction = z.number().min(0).max(1);
const settings = {
  margin: fraction.optional().describe("loss of the mean that is not worth a regression"),
  floor: fraction.optional().describe("lowest mean"),
  tolerance: fraction.optional().describe("largest loss of the mean, whatever the interval says"),
  queryLoss: z
    .strictObject({ over: fraction, atMost: z.number().int().nonnegative() })
    .optional()
    .describe("at most so many queries may lose more than that"),
};
const names = z.union([z.string(), z.array(z.string()).min(1)]).optional();
const fileSchema = z.strictObject({
  version: z.literal(1),
  ...settings,
  rules: z.array(z.strictObject({ retriever: names, dataset: names, measure: names, ...settings })).default([]),
});

type RuleFile = z.output<typeof fileSchema>;

/** What a rule may be about. */
export type RuleSubject = { readonly retriever: string; readonly dataset: string; readonly measure: string };

export type RuleBook = {
  /** The rules of one cell in one measure; of several that name it the last one decides. */
  rulesFor(subject: RuleSubject): GateRules;
};

/**
 * The rules of a YAML file. Without a file the defaults of the gate hold for all.
 *
 * @param subjects all that there is: a rule about nothing is a mistake
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `SPEC_INVALID` with line and column
 */
export async function readRules(path: string | undefined, subjects: readonly RuleSubject[]): Promise<RuleBook> {
  if (path === undefined) return { rulesFor: () => ({}) };
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw fileError(path, "read", cause);
  }
  const source = parseYaml(
    text,
    path,
    (place) => place[0] === "rules" && typeof place[2] === "string" && place[2] in named,
  );
  const { rules, version: _, ...defaults } = checkedFile(source);
  for (const [index, rule] of rules.entries()) {
    if (subjects.some((subject) => isAbout(rule, subject))) continue;
    throw new HarnessError("SPEC_INVALID", "the rule is about no cell of the baseline.", {
      where: source.where(["rules", index]),
    });
  }
  return {
    rulesFor: (subject) =>
      Object.assign({}, defaults, ...rules.filter((rule) => isAbout(rule, subject)).map(settingsOf)),
  };
}

const named = { retriever: true, dataset: true, measure: true } as const;

function checkedFile(source: YamlSource): RuleFile {
  const parsed = fileSchema.safeParse(source.value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const path = [...(issue?.path ?? []), ...key].filter((step) => typeof step !== "symbol");
  const complaint =
    key.length > 0 ? `unknown key \`${key[0]}\`.` : issue === undefined ? "invalid." : describeIssue(issue);
  throw new HarnessError("SPEC_INVALID", complaint, { where: source.where(path) });
}

function isAbout(rule: RuleFile["rules"][number], subject: RuleSubject): boolean {
  const matches = (asked: string | readonly string[] | undefined, name: string) =>
    asked === undefined || [asked].flat().includes(name);
  return (
    matches(rule.retriever, subject.retriever) &&
    matches(rule.dataset, subject.dataset) &&
    matches(rule.measure, subject.measure)
  );
}

/** What the rule sets, and nothing that it leaves open. */
function settingsOf({ retriever: _r, dataset: _d, measure: _m, ...rest }: RuleFile["rules"][number]): GateRules {
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
}
