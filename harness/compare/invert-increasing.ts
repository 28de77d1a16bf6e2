/**
 * The point at which an increasing function reaches a target, by bisection down to neighbouring doubles.
 *
 * @param bracket the function is below the target at `low` and above it at `high`
 */
export function invertIncreasing(
  of: (point: number) => number,
  target: number,
  { low, high }: { readonly low: number; readonly high: number },
): number {
  let [below, above] = [low, high];
  for (;;) {
    const middle = (below + above) / 2;
    if (middle <= below || middle >= above) return above;
    if (of(middle) < target) below = middle;
    else above = middle;
  }
}

/** As `invertIncreasing`, for a point that is known to be positive but not how large. */
export function invertIncreasingAboveZero(of: (point: number) => number, target: number): number {
  let high = 1;
  while (of(high) < target) high *= 2;
  return invertIncreasing(of, target, { low: 0, high });
}
