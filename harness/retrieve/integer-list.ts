/** A growing list of 32-bit integers: four bytes each, at most twice that while it grows. */
export type IntegerList = {
  readonly length: () => number;
  push(value: number): void;
  /** The value at a position below `length`. */
  at(position: number): number;
  set(position: number, value: number): void;
  /** The values so far; a view that later pushes do not change in length. */
  values(): Int32Array;
};

export function createIntegerList(): IntegerList {
  let buffer = new Int32Array(1024);
  let length = 0;
  return {
    length: () => length,
    push(value) {
      if (length === buffer.length) {
        const larger = new Int32Array(2 * length);
        larger.set(buffer);
        buffer = larger;
      }
      buffer[length] = value;
      length += 1;
    },
    at: (position) => buffer[position] ?? 0,
    set(position, value) {
      buffer[position] = value;
    },
    values: () => buffer.subarray(0, length),
  };
}
