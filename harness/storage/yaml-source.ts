import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  stringify,
} from "yaml";
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
  // a warning is about something that would be read otherwise than it is written, such as an unknown tag
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const message = error.message.split("\n")[0]?.replace(/ at line \d+, column \d+:?$/, "") ?? "invalid YAML";
    throw new HarnessError("SPEC_INVALID", `expected YAML: ${message}.`, { where: at(error.pos[0]), cause: error });
  }
  return {
    value: plainValue(document.contents, [], { document, isId }),
    where(path, part = "value") {
      const found = find(document, path, part);
      return at(found?.range?.[0] ?? 0);
    },
  };
}

type Reading = { readonly document: Document; readonly isId: IsId };

function plainValue(part: unknown, path: YamlPath, reading: Reading): unknown {
  const node = target(part, reading.document);
  if (isMap(node)) {
    return Object.fromEntries(
      node.items.map(({ key, value }) => {
        const name = scalarText(key);
        return [name, plainValue(value, [...path, name], reading)];
      }),
    );
  }
  if (isSeq(node)) return node.items.map((item, index) => plainValue(item, [...path, index], reading));
  if (!isScalar(node)) return undefined;
  return typeof node.value === "number" && reading.isId(path) ? scalarText(node) : node.value;
}

/** What an alias (`*name`) stands for; any other node is itself. */
function target(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** A scalar as the user wrote it. */
function scalarText(node: unknown): string {
  if (!isScalar(node)) return String(node);
  return typeof node.value === "string" ? node.value : (node.source ?? String(node.value));
}

function find(document: Document, path: YamlPath, part: "key" | "value"): Node | undefined {
  let node: unknown = document.contents;
  let key: unknown;
  for (const step of path) {
    const parent = target(node, document);
    const next: unknown = isMap(parent)
      ? parent.items.find((item) => isPair(item) && scalarText(item.key) === step)
      : undefined;
    if (isPair(next)) {
      key = next.key;
      node = next.value;
    } else if (isSeq(parent) && typeof step === "number" && parent.items[step] !== undefined) {
      key = undefined;
      node = parent.items[step];
    } else break;
  }
  const found = (part === "key" || node === null ? key : undefined) ?? node;
  return isScalar(found) || isMap(found) || isSeq(found) || isAlias(found) ? found : undefined;
}

/** Plain values as YAML that `parseYaml` reads back as the same. */
export function formatYaml(value: unknown): string {
  return stringify(value, { version: "1.2", schema: "core", lineWidth: 0, aliasDuplicateObjects: false });
}
