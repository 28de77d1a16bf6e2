import { describe, expect, it } from "vitest";
import { leadInStripper } from "../../harness/expand/strip-lead-in.ts";
import { candidateTexts } from "../../harness/training/candidate-texts.ts";

describe("candidateTexts", () => {
  it("keeps each text once, without lead-in and white space, and counts what it lacks", async () => {
    const came = [" Water. ", undefined, "Here is a passage that answers the question: Water.", "", "Salt.", "Salt."];
    expect(candidateTexts(came, await leadInStripper())).toEqual({
      texts: ["Water.", "Salt."],
      asked: 6,
      missing: 2,
      repeated: 2,
      stripped: 1,
    });
  });
});
