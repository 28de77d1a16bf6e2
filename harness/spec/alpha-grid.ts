import { z } from "zod";

const OUTSIDE = "expected an alpha from 0 to 1";

/** A weight of the document score. */
export const alphaSchema = z.number().min(0, OUTSIDE).max(1, OUTSIDE);

const range = z.strictObject({
  from: alphaSchema.describe("The first alpha."),
  to: alphaSchema.describe("The last alpha, which the steps must meet exactly."),
  step: z.number().positive().max(1).describe("From one alpha to the next."),
});

/** More points than anybody can read, and fewer files than most systems let a process open. */
const MOST_POINTS = 1_001;

/** `[0, 0.5, 1]`, or `{from: 0, to: 1, step: 0.1}`, both as a sorted list without repeats. */
export const alphaGridSchema = z.union([z.array(alphaSchema).min(1), range]).superRefine((grid, context) => {
  if (Array.isArray(grid)) {
    const repeated = grid.find((alpha, index) => grid.indexOf(alpha) !== index);
    if (repeated !== undefined) context.addIssue(`expected each alpha once, got ${repeated} twice`);
  } else if ((grid.to - grid.from) / grid.step > MOST_POINTS - 1) {
    context.addIssue(`expected at most ${MOST_POINTS} points, got steps of ${grid.step}`);
  } else if (expandRange(grid) === undefined) {
    context.addIssue(`expected steps of ${grid.step} to lead from ${grid.from} up to ${grid.to} exactly`);
  }
});

/** Alphas of a grid, ascending. */
export function expandAlphaGrid(grid: z.output<typeof alphaGridSchema>): readonly number[] {
  return Array.isArray(grid) ? [...grid].sort((a, b) => a - b) : (expandRange(grid) ?? []);
}

/**
 * The points of a range, made of integers: `(from + i * step) * 10^d / 10^d` with d the decimals that were written, so
 * that the seventh tenth is 0.7 and not 0.7000000000000001.
 */
function expandRange({ from, to, step }: z.output<typeof range>): number[] | undefined {
  const scale = 10 ** Math.max(decimals(from), decimals(to), decimals(step));
  const [first, last, stride] = [from, to, step].map((value) => Math.round(value * scale)) as [number, number, number];
  if (last < first || (last - first) % stride !== 0) return undefined;
  return Array.from({ length: (last - first) / stride + 1 }, (_, index) => (first + index * stride) / scale);
}

function decimals(value: number): number {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  return Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent));
}
