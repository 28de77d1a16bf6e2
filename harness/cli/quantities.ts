import { HarnessError } from "../errors.ts";

const BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

const HOUR = 3_600_000;
const MILLISECONDS: Readonly<Record<string, number>> = { h: HOUR, d: 24 * HOUR, w: 7 * 24 * HOUR };

/**
 * Bytes of a size such as `20GB` (powers of ten) or `1.5GiB` (powers of two), rounded down; capitals do not matter.
 *
 * @param name the flag or variable that holds it
 * @throws {HarnessError} `USAGE`
 */
export function parseSize(name: string, text: string): number {
  const bytes = quantity(text, BYTES);
  if (bytes !== undefined) return bytes;
  throw new HarnessError("USAGE", `expected \`${name}\` to be a size such as \`20GB\` or \`512MiB\`, got \`${text}\`.`);
}

/**
 * Milliseconds of an age in hours, days or weeks: `12h`, `30d`, `2w`.
 *
 * @param name as `parseSize`
 * @throws {HarnessError} `USAGE`
 */
export function parseAge(name: string, text: string): number {
  const age = quantity(text, MILLISECONDS);
  if (age !== undefined) return age;
  throw new HarnessError(
    "USAGE",
    `expected \`${name}\` to be an age such as \`12h\`, \`30d\` or \`2w\`, got \`${text}\`.`,
  );
}

/** A number without sign and one of the units; undefined for anything else and for what no double counts exactly. */
function quantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, figure, unit = ""] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(text.trim()) ?? [];
  const size = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined;
  if (figure === undefined || size === undefined) return undefined;
  const total = Math.floor(Number(figure) * size);
  return Number.isSafeInteger(total) ? total : undefined;
}
