import type { LeadInStripper } from "../expand/strip-lead-in.ts";

/** The texts that can be preferred to each other. */
export type CandidateTexts = {
  /** Distinct, in the order in which they came. */
  readonly texts: readonly string[];
  /** Texts that were to come; and of them those that are missing or empty, and those that repeat another. */
  readonly asked: number;
  readonly missing: number;
  readonly repeated: number;
  /** Of which a lead-in phrase was taken off. */
  readonly stripped: number;
};

/** Takes lead-in phrases off what came for a query, and keeps each text once. @param came undefined where no answer did */
export function candidateTexts(came: readonly (string | undefined)[], strip: LeadInStripper): CandidateTexts {
  const texts = new Set<string>();
  let [missing, repeated, cut] = [0, 0, 0];
  for (const answer of came) {
    const { text, stripped } = strip(answer ?? "");
    cut += stripped ? 1 : 0;
    if (text === "") missing += 1;
    else if (texts.has(text)) repeated += 1;
    else texts.add(text);
  }
  return { texts: [...texts], asked: came.length, missing, repeated, stripped: cut };
}
