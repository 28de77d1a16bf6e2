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

function numericId(value: number, name: string, where: string): string {
  if (Number.isSafeInteger(value)) return String(value);
  throw new HarnessError("DATA_INVALID", `\`${name}\`: expected an id, got the number ${value}.`, {
    where,
    hint: "Write the id as a string, in quotes.",
  });
}

/**
 * An id: a non-empty string, or a whole number, which is taken as it is printed. A number that a double cannot hold
 * exactly has been altered by the JSON parser already, so it is refused.
 *
 * @throws {HarnessError} `DATA_INVALID`
 */
export function requiredId(fields: Fields, name: string, where: string): string {
  const value = fields[name];
  if (typeof value === "number") return numericId(value, name, where);
  const id = requiredText(fields, name, where);
  if (id === "") throw new HarnessError("DATA_INVALID", `\`${name}\`: expected an id, got an empty string.`, { where });
  return id;
}
