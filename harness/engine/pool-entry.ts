/** An entry of a pool: row, row of the best scenario, own score and folded score, both as the bits of a float32. */
export const ROW = 0;
export const SCENARIO_ROW = 1;
export const OWN = 2;
export const FOLDED = 3;
/** 32-bit values an entry; side by side, because they are used together. */
export const WORDS = 4;
