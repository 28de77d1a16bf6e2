import { ALL_BELOW, FOUND_INTEGERS, GROUP, type ScanParameters, scanKernelBytes } from "./scan-kernel.ts";
import { compileKernel, isKernel, openKernel } from "./web-assembly.ts";

/** Room for scores, `width` a row, and a quick look at which of them reach floors. */
export type ScoreScan = {
  readonly scores: Float32Array;
  /** By column: what a score is compared with. Whoever sets one rounds it down to a float32: `floorBelow`. */
  readonly floors: Float32Array;
  /**
   * Finds scores that reach their column's floor or are no number, in groups that lie within a row.
   *
   * @returns how many groups there are
   */
  find(firstRow: number, rows: number): number;
  /** By group: where in the scores it begins, ascending. */
  readonly starts: Int32Array;
  /** By group: which of its scores were found, the first in the lowest bit. */
  readonly bits: Int32Array;
};

export type ScanShape = { readonly rows: number; readonly width: number };

const FLOAT = Float32Array.BYTES_PER_ELEMENT;

/** By a kernel where WebAssembly has vectors and rows are whole groups, else by a loop that finds the same. */
export function openScoreScan(shape: ScanShape): ScoreScan {
  const bytes = scanKernelBytes();
  return shape.width % GROUP === 0 && isKernel(bytes) ? scanByKernel(bytes, shape) : scanByLoop(shape);
}

function scanByKernel(bytes: Uint8Array<ArrayBuffer>, { rows, width }: ScanShape): ScoreScan {
  const groups = width / GROUP;
  // room for one group more: the kernel writes it down before it knows
  const room = rows * groups + 1;
  const total = rows * width + width + room * FOUND_INTEGERS + 1;
  const { buffer, run } = openKernel<ScanParameters>(compileKernel(bytes), total * FLOAT);
  const scores = new Float32Array(buffer, 0, rows * width);
  const floors = new Float32Array(buffer, scores.byteLength, width);
  const found = new Int32Array(buffer, floors.byteOffset + floors.byteLength, room * FOUND_INTEGERS);
  const end = new Int32Array(buffer, found.byteOffset + found.byteLength, 1);
  const [starts, bits] = [new Int32Array(room), new Int32Array(room)];
  return {
    ...{ scores, floors, starts, bits },
    find(firstRow, count) {
      if (count === 0) return 0;
      run(firstRow * width * FLOAT, floors.byteOffset, found.byteOffset, end.byteOffset, count, groups);
      const length = ((end[0] ?? 0) - found.byteOffset) / FLOAT / FOUND_INTEGERS;
      for (let index = 0; index < length; index++) {
        starts[index] = (found[index * FOUND_INTEGERS] ?? 0) / FLOAT;
        bits[index] = (found[index * FOUND_INTEGERS + 1] ?? 0) ^ ALL_BELOW;
      }
      return length;
    },
  };
}

/** What the kernel finds, found one by one. */
export function scanByLoop({ rows, width }: ScanShape): ScoreScan {
  const scores = new Float32Array(rows * width);
  const floors = new Float32Array(width);
  const starts = new Int32Array(rows * width);
  const bits = new Int32Array(rows * width).fill(1);
  return {
    ...{ scores, floors, starts, bits },
    find(firstRow, count) {
      let length = 0;
      for (let row = firstRow; row < firstRow + count; row++) {
        for (let column = 0; column < width; column++) {
          // so written that what is no number is found
          const isBelow = (scores[row * width + column] ?? 0) < (floors[column] ?? 0);
          if (!isBelow) starts[length++] = row * width + column;
        }
      }
      return length;
    },
  };
}

/** A float32 at or below a floor, and hardly below it. */
export function floorBelow(floor: number): number {
  const rounded = Math.fround(floor);
  return rounded > floor ? rounded - Math.abs(rounded) * 2 ** -22 - 2 ** -140 : rounded;
}
