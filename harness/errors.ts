/**
 * Every code a user can meet, with the exit code of the process that ends on it.
 * 0 ok, 1 bug or failed run, 2 usage, spec, data mistake or refused comparison, 3 gate: regressed, 4 gate: undecided,
 * 5 reproduce mismatch, 130 interrupted, 143 terminated.
 */
const EXIT_CODES = {
  USAGE: 2,
  SPEC_INVALID: 2,
  UNKNOWN_COMPONENT: 2,
  UNKNOWN_DATASET: 2,
  FILE_MISSING: 2,
  FILE_UNREADABLE: 2,
  NOT_WRITABLE: 2,
  DISK_FULL: 2,
  TOO_MANY_FILES: 2,
  DATA_INVALID: 2,
  DUPLICATE_ID: 2,
  EMPTY_CORPUS: 2,
  UNKNOWN_DOCUMENT: 2,
  SCORE_INVALID: 2,
  ID_NOT_WRITABLE: 2,
  DIMENSION_MISMATCH: 2,
  MEASURE_INVALID: 2,
  REMOTE_UNREACHABLE: 2,
  REMOTE_REFUSED: 2,
  CHECKSUM_MISMATCH: 2,
  ARCHIVE_REFUSED: 2,
  OFFLINE: 2,
  BUDGET_SPENT: 2,
  NOT_FETCHED: 2,
  ENGINE_UNAVAILABLE: 2,
  ENGINE_FAILED: 1,
  QUERY_SETS_DIFFER: 2,
  TOO_FEW_QUERIES: 2,
  VALUE_INVALID: 2,
  POLICIES_DIFFER: 2,
  ORACLE_REFUSED: 2,
  FAMILY_EMPTY: 2,
  NOT_GENERATED: 2,
  BASELINE_EDITED: 2,
  NOT_READY: 2,
  SCHEDULER_UNAVAILABLE: 2,
  SCHEDULER_REFUSED: 2,
  CELLS_FAILED: 1,
  GATE_REGRESSED: 3,
  GATE_UNDECIDED: 4,
  BASELINE_STALE: 4,
  REPRODUCE_FAILED: 5,
  INTERRUPTED: 130,
  TERMINATED: 143,
} as const;

/** Stable, greppable codes. The CLI prints them; tests assert on them, never on wording. */
export type HarnessErrorCode = keyof typeof EXIT_CODES;

export type HarnessErrorDetails = {
  /** `file:line:column`, a flag or a dataset: whatever the user has to look at. */
  readonly where?: string | undefined;
  /** What to do about it, as a full sentence. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
};

/** Base of every error a user can cause or fix. Anything else that escapes is a bug. */
export class HarnessError extends Error {
  override readonly name = "HarnessError";
  readonly code: HarnessErrorCode;
  readonly where: string | undefined;
  readonly hint: string | undefined;

  /** @param message what was expected and what was found; `where` and `hint` are put around it */
  constructor(code: HarnessErrorCode, message: string, { where, hint, cause }: HarnessErrorDetails = {}) {
    const text = [where === undefined ? message : `${where}: ${message}`, hint].filter(Boolean).join(" ");
    super(text, cause === undefined ? undefined : { cause });
    this.code = code;
    this.where = where;
    this.hint = hint;
  }

  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}
