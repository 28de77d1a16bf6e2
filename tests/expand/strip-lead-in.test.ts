import { describe, expect, it } from "vitest";
import { leadInStripper } from "../../harness/expand/strip-lead-in.ts";

describe("leadInStripper", () => {
  it.each([
    ["Here is a passage to answer the question:\n\nWater moves.", "Water moves."],
    ["Here's a passage that attempts to answer the question: Water moves.", "Water moves."],
    ["Sure! Here is the passage you asked for:\nWater moves.", "Water moves."],
    ["**Passage:** Water moves.", "Water moves."],
    ["Passage: Water moves.", "Water moves."],
    ["HERE ARE THE KEYWORDS: salt, water", "salt, water"],
    ["Rewritten query: why salt draws water", "why salt draws water"],
    ["<think>Let me see: what is asked?\n\nOsmosis.</think>\n\nHere is the answer: Water moves.", "Water moves."],
    // a server that takes the opening tag away
    ["What is asked? Osmosis.</think>Water moves.", "Water moves."],
  ])("takes what is not the text off %j", async (answer, text) => {
    const strip = await leadInStripper();
    expect(strip(answer)).toEqual({ text, stripped: true });
  });

  it.each([
    "Water moves.",
    "Here is where salt comes in. The answer: osmosis.",
    "Passages of ships are narrow: mind the salt.",
    "Surely salt draws water: that is osmosis.",
    "The answer is osmosis.",
    "Answers differ: some say salt.",
  ])("leaves %j as it is", async (answer) => {
    const strip = await leadInStripper();
    expect(strip(answer)).toEqual({ text: answer, stripped: false });
  });

  it("leaves nothing of thoughts that never end, and of a lead-in alone", async () => {
    const strip = await leadInStripper();
    expect(strip("<think>Hm, osmosis or")).toEqual({ text: "", stripped: true });
    expect(strip("Here is the passage:")).toEqual({ text: "", stripped: true });
    expect(strip(" \n")).toEqual({ text: "", stripped: false });
  });
});
