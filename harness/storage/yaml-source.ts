import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { HarnessError } from "../errors.ts";

/** Keys and indices from the root of a document to one of its parts. */
export type YamlPath = readonly (string | number)[];

/** A YAML text as plain values, with the way back to lines and columns. */
export type YamlSource = {
  readonly value: unknown;
  /** `file:line:column` of the part, or of its nearest ancestor that exists. With `key`, of the key that names it. */
  where(path: YamlPath, part?: "key" | "value"): string;
};

/** Tells which scalars are identifiers: they are read as they are written (`0012` stays `0012`). */
export type IsId = (path: YamlPath) => boolean;

/**
 * Parses YAML 1.2 (core schema; duplicate keys are errors).
 *
 * @throws {HarnessError} `SPEC_INVALID` with line and column when the text is not YAML
 */
export function parseYaml(text: string, file: string, isId: IsId): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: "1.2", schema: "core", uniqueKeys: true, lineCounter: lines });
  function at(offset: number): string {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  }
  const [error] = document.errors;
  if (error !== undefined) {
    const message = error.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? "invalid YAML";
    throw new HarnessError("SPEC_INVALID", `expected YAML: ${message}.`, { where: at(error.pos[0]), cause: error });
  }
  return {
    value: plainValue(document.contents, [], isId),
    where(path, part = "value") {
      const found = find(document.contents, path, part);
      return at(found?.range?.[0] ?? 0);
    },
  };
}

function plainValue(node: unknown, path: YamlPath, isId: IsId): unknown {
  if (isMap(node)) {
    return Object.fromEntries(
      node.items.map(({ key, value }) => {
        const name = scalarText(key);
        return [name, plainValue(value, [...path, name], isId)];
      }),
    );
  }
  if (isSeq(node)) return node.items.map((item, index) => plainValue(item, [...path, index], isId));
  if (!isScalar(node)) return undefined;
  return typeof node.value === "number" && isId(path) ? scalarText(node) : node.value;
}

/** A scalar as the user wrote it. */
function scalarText(node: unknown): string {
  if (!isScalar(node)) return String(node);
  return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
}

function find(root: unknown, path: YamlPath, part: "key" | "value"): Node | undefined {
  let node = root;
  let key: unknown;
  for (const step of path) {
    const next: unknown = isMap(node)
      ? node.items.find((item) => isPair(item) && scalarText(item.key) === step)
      : undefined;
    if (isPair(next)) {
      key = next.key;
      node = next.value;
    } else if (isSeq(node) && typeof step === "number" && node.items[step] !== undefined) {
      key = undefined;
      node = node.items[step];
    } else break;
  }
  const found = (part === "key" || node === null ? key : undefined) ?? node;
  return isScalar(found) || isMap(found) || isSeq(found) ? found : undefined;
}
