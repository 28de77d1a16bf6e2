import { HarnessError } from "../errors.ts";

/**
 * Paths that a hub pattern names, in the order of the listing: `*` and `?` stay within a folder, `**` crosses folders,
 * `[0-9]` and `{a,b}` as in a shell. A pattern without any of these is a path.
 */
export function matchPaths(pattern: string, paths: readonly string[]): readonly string[] {
  const expression = patternExpression(pattern.replace(/^(?:\.?\/)+/, ""));
  return paths.filter((path) => expression.test(path));
}

const TOKEN = /\*\*\/|\*\*|\*|\?|\[!?[^\]]+\]|\{[^{}]*\}|[^*?[{]+|./gs;

function patternExpression(pattern: string): RegExp {
  try {
    return new RegExp(`^${pattern.replace(TOKEN, tokenExpression)}$`, "su");
  } catch (cause) {
    throw new HarnessError("SPEC_INVALID", `expected a pattern of paths, got \`${pattern}\`.`, { cause });
  }
}

function tokenExpression(token: string): string {
  if (token === "**/") return "(?:[^/]+/)*";
  if (token === "**") return ".*";
  if (token === "*") return "[^/]*";
  if (token === "?") return "[^/]";
  if (token.length > 1 && token.startsWith("[")) return token.replace("[!", "[^").replaceAll("\\", "\\\\");
  if (token.length > 1 && token.startsWith("{")) return `(?:${token.slice(1, -1).split(",").map(quoted).join("|")})`;
  return quoted(token);
}

function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
