import { HarnessError } from "../errors.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A text member of a JSON object; `undefined` when it is absent or null. @throws {HarnessError} `DATA_INVALID` */
export function optionalText(fields: Fields, name: string, where: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  throw new HarnessError("DATA_INVALID", `\`${name}\`: expected a string, got ${JSON.stringify(value)}.`, { where });
}

/** A text member that has to be there, though it may be empty. @throws {HarnessError} `DATA_INVALID` */
export function requiredText(fields: Fields, name: string, where: string): string {
  const value = optionalText(fields, name, where);
  if (value !== undefined) return value;
  const found = name in fields ? "null" : `${Object.keys(fields).join(", ") || "none"}`;
  throw new HarnessError("DATA_INVALID", `expected a field \`${name}\`, found ${found}.`, { where });
}

/**
 * An id: a non-empty string, or a whole number, which is taken as it is printed. A number that a double cannot hold
 * exactly has been altered by the JSON parser already, so it is refused.
 *
 * @throws {HarnessError} `DATA_INVALID`
 */
export function requiredId(fields: Fields, name: string, where: string): string {
  const value = fields[name];
  if (typeof value === "number") return printedId(value, name, where);
  const id = requiredText(fields, name, where);
  if (id === "") throw new HarnessError("DATA_INVALID", `\`${name}\`: expected an id, got an empty string.`, { where });
  return detached(id);
}

/** A list of ids; empty when it is absent or null, or holds `N/A` alone, BRIGHT's way of writing none. @throws as `requiredId` */
export function idList(fields: Fields, name: string, where: string): readonly string[] {
  const value = fields[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    throw new HarnessError("DATA_INVALID", `\`${name}\`: expected a list of ids, got ${JSON.stringify(value)}.`, {
      where,
    });
  }
  const ids = value.map((id: unknown) => requiredId({ [name]: id }, name, where));
  return ids.length === 1 && ids[0] === "N/A" ? [] : ids;
}

function printedId(value: number, name: string, where: string): string {
  if (Number.isSafeInteger(value)) return String(value);
  throw new HarnessError("DATA_INVALID", `\`${name}\`: expected a string or a whole number below 2^53, got ${value}.`, {
    where,
    hint: "Write such an id in quotes.",
  });
}

/** A copy: V8 keeps the whole chunk of a file alive for an id that was cut out of it. */
function detached(id: string): string {
  return Buffer.from(id, "utf16le").toString("utf16le");
}
