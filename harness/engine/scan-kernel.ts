import {
  type Code,
  differs,
  get,
  increase,
  integer,
  isLess,
  loadVector,
  moduleBytes,
  multiplyIntegers,
  narrowHalves,
  narrowWords,
  repeat,
  set,
  signBits,
  storeInteger,
} from "./wasm-bytes.ts";

/** Scores that the kernel takes at once. */
export const GROUP = 16;
/** Integers that it writes down of a group: its address, and bits of which the first, the lowest, is 1 where the first score is below. */
export const FOUND_INTEGERS = 2;
/** What those bits are when all scores are below. */
export const ALL_BELOW = 2 ** GROUP - 1;

/**
 * What the kernel is called with; addresses are bytes. A row is `groups` groups of scores, rows follow each other, and the
 * floors of the columns are as long as a row. What is written down of groups that reach a floor goes to `found`, ascending,
 * and where that list ends goes to `end`. `rows` and `groups` are at least 1.
 */
export type ScanParameters = readonly [
  scores: number,
  floors: number,
  found: number,
  end: number,
  rows: number,
  groups: number,
];

const [SCORES, FLOORS, FOUND, END, ROWS, GROUPS] = [0, 1, 2, 3, 4, 5];
const PARAMETERS = 6;
const [AT_FLOOR, LEFT, BELOW] = [PARAMETERS, PARAMETERS + 1, PARAMETERS + 2];
const VECTOR = 16;
const INTEGER = 4;

/**
 * Code that finds the groups of scores in which not every score is below its floor. It has no branches: every group is
 * written down, and the list grows only when the group is one to be found.
 */
export function scanKernelBytes(): Uint8Array<ArrayBuffer> {
  const row = [...get(FLOORS), ...set(AT_FLOOR), ...get(GROUPS), ...set(LEFT), ...repeat(LEFT, group())];
  const body = [...repeat(ROWS, row), ...get(END), ...get(FOUND), ...storeInteger(0)];
  return moduleBytes({ parameters: PARAMETERS, integers: 3, vectors: 0, body });
}

function group(): Code {
  const halves = [...isBelow(0), ...isBelow(1), ...narrowWords, ...isBelow(2), ...isBelow(3), ...narrowWords];
  const length = [...get(BELOW), ...integer(ALL_BELOW), ...differs, ...integer(FOUND_INTEGERS * INTEGER)];
  return [
    ...[...halves, ...narrowHalves, ...signBits, ...set(BELOW)],
    ...[...get(FOUND), ...get(SCORES), ...storeInteger(0)],
    ...[...get(FOUND), ...get(BELOW), ...storeInteger(INTEGER)],
    ...increase(FOUND, [...length, ...multiplyIntegers]),
    ...increase(SCORES, integer(GROUP * INTEGER)),
    ...increase(AT_FLOOR, integer(GROUP * INTEGER)),
  ];
}

/** Four lanes, all bits set where the score is below its floor. */
function isBelow(vector: number): Code {
  const load = (address: number) => [...get(address), ...loadVector(vector * VECTOR)];
  return [...load(SCORES), ...load(AT_FLOOR), ...isLess];
}
