import { createHash } from "node:crypto";
import { HarnessError } from "../errors.ts";
import type { EncodedTexts } from "./types.ts";

/** A text without a vector: its position in the batch and what was wrong. */
export type RefusedText = { readonly position: number; readonly text: string; readonly why: string };

const SHOWN = 3;

/** Thrown by `encode` when some texts cannot be encoded while the others could: their vectors are here, to be kept. */
export class RefusedTexts extends HarnessError {
  readonly refused: readonly RefusedText[];
  /** As `encode` returns it; vectors are all zero for refused texts. */
  readonly encoded: EncodedTexts;

  constructor(refused: readonly RefusedText[], encoded: EncodedTexts) {
    super("DATA_INVALID", describe(refused), { hint: HINT });
    this.refused = refused;
    this.encoded = encoded;
  }
}

const HINT = "All others are encoded. Mend these texts, or let the encoder truncate them, and run again.";

/** The same for a whole collection, with positions in it. */
export function refusedError(refused: readonly RefusedText[]): HarnessError {
  return new HarnessError("DATA_INVALID", describe(refused), { hint: HINT });
}

/** Names texts by position (from 1) and sha256, which finds them without filling the screen. */
function describe(refused: readonly RefusedText[]): string {
  const first = [...refused]
    .sort((a, b) => a.position - b.position)
    .slice(0, SHOWN)
    .map(({ position, text, why }) => `text ${position + 1} (sha256 ${sha256(text).slice(0, 16)}): ${why}`);
  const more = refused.length > SHOWN ? `; and ${refused.length - SHOWN} more` : "";
  return `${refused.length} texts could not be encoded; ${first.join("; ")}${more}.`;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
