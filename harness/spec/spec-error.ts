import type { z } from "zod";
import { describeIssue, didYouMean } from "../component.ts";
import { HarnessError } from "../errors.ts";
import type { YamlPath, YamlSource } from "../storage/yaml-source.ts";

export type SpecErrorOptions = {
  readonly source: YamlSource;
  /** How messages call the file. */
  readonly file: string;
  /** The keys that a part may have; none where they are not known. */
  readonly knownKeys: (path: YamlPath) => readonly string[];
};

/** `SPEC_INVALID` for what a schema says of a YAML file: line, column, what was expected, what was found. */
export function specError(error: z.ZodError, options: SpecErrorOptions): HarnessError {
  // an unknown key is the likelier cause of a missing one than the other way round
  const issues = error.issues.map(deepest).sort((a, b) => Number(isUnknownKey(b)) - Number(isUnknownKey(a)));
  const found = issues.map((issue) => describe(issue, options));
  const [first] = found;
  const more = found.length > 1 ? ` (${found.length - 1} more below it)` : "";
  return new HarnessError("SPEC_INVALID", `${first?.message ?? "invalid."}${more}`, {
    where: first?.where ?? options.file,
    hint: first?.hint,
  });
}

function isUnknownKey({ code }: z.core.$ZodIssue): boolean {
  return code === "unrecognized_keys";
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

function describe(issue: z.core.$ZodIssue, { source, knownKeys }: SpecErrorOptions): Described {
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

function at(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (node, step) => (node !== null && typeof node === "object" ? Reflect.get(node, step) : undefined),
    value,
  );
}
