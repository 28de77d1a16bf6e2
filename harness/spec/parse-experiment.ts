import type { z } from "zod";
import { describeIssue, didYouMean } from "../component.ts";
import { HarnessError } from "../errors.ts";
import { parseYaml, type YamlPath, type YamlSource } from "../storage/yaml-source.ts";
import { type ExperimentSpec, experimentSchema, selectionSchema } from "./experiment-spec.ts";

/** A checked run file and the way from its parts back to lines. */
export type Experiment = {
  readonly spec: ExperimentSpec;
  readonly where: YamlSource["where"];
};

/**
 * Parses the text of a run file.
 *
 * @param file how messages call it
 * @throws {HarnessError} `SPEC_INVALID`: line, column, what was expected, what was found
 */
export function parseExperiment(text: string, file: string): Experiment {
  const source = parseYaml(text, file, isIdPath);
  const parsed = experimentSchema.safeParse(source.value, { reportInput: true });
  if (parsed.success) return { spec: parsed.data, where: source.where };
  // an unknown key is the likelier cause of a missing one than the other way round
  const issues = parsed.error.issues.map(deepest).sort((a, b) => Number(isUnknownKey(b)) - Number(isUnknownKey(a)));
  const found = issues.map((issue) => describe(issue, source));
  const [first] = found;
  const more = found.length > 1 ? ` (${found.length - 1} more below it)` : "";
  throw new HarnessError("SPEC_INVALID", `${first?.message ?? "invalid."}${more}`, {
    where: first?.where ?? file,
    hint: first?.hint,
  });
}

function isUnknownKey({ code }: z.core.$ZodIssue): boolean {
  return code === "unrecognized_keys";
}

/** Names of retrievers, datasets and so on: read as written, so that `0012` is not 12. */
function isIdPath(path: YamlPath): boolean {
  const [first, second] = path;
  return first === "name" || (first === "matrix" && second !== "alpha" && !path.includes("alpha"));
}

/** Of a union the branch that got furthest: its complaint is the one that helps. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue;
  const branches = issue.errors.map((issues) =>
    issues.map((inner) => deepest({ ...inner, path: [...issue.path, ...inner.path] })),
  );
  const best = branches
    .flat()
    .sort((a, b) => Number(isUnknownKey(b)) - Number(isUnknownKey(a)) || b.path.length - a.path.length)[0];
  if (best === undefined || best.path.length > issue.path.length || best.code === "unrecognized_keys")
    return best ?? issue;
  const expected = branches.flat().map((inner) => (inner.code === "invalid_type" ? inner.expected : undefined));
  const kinds = [...new Set(expected.filter((kind) => kind !== undefined))];
  return { ...issue, code: "custom", message: `expected ${kinds.join(" or ") || "another value"}` };
}

type Described = { readonly where: string; readonly message: string; readonly hint: string | undefined };

function describe(issue: z.core.$ZodIssue, source: YamlSource): Described {
  const path = issue.path.filter((step) => typeof step !== "symbol");
  const label = path.length === 0 ? "" : `\`${path.join(".")}\`: `;
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    const known = knownKeys(path);
    return {
      where: source.where([...path, key], "key"),
      message: `${label}unknown key \`${key}\`${known.length === 0 ? "." : `; expected ${known.join(", ")}.`}`,
      hint: didYouMean(key, known),
    };
  }
  const found = at(source.value, path);
  const message = describeIssue({ ...issue, input: found });
  return { where: source.where(path), message: `${label}${message}`, hint: undefined };
}

function knownKeys(path: YamlPath): readonly string[] {
  if (path[0] === "matrix" && (path[1] === "include" || path[1] === "exclude"))
    return Object.keys(selectionSchema.shape);
  if (path.length === 0) return Object.keys(experimentSchema.shape);
  if (path.length === 1 && path[0] === "matrix") return Object.keys(experimentSchema.shape.matrix.shape);
  if (path.length === 1 && path[0] === "comparison") {
    return Object.keys(experimentSchema.shape.comparison.unwrap().shape);
  }
  return [];
}

function at(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (node, step) => (node !== null && typeof node === "object" ? Reflect.get(node, step) : undefined),
    value,
  );
}
