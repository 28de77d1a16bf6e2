import { describe, expect, it } from "vitest";
import { parseAnswer } from "../../harness/scenarios/parse-answer.ts";
import type { ScenarioAnswer } from "../../harness/scenarios/scenario-entry.ts";
import { fc } from "../seeded-fast-check.ts";

const ITEM = { information_need: "Why does bread rise?", explanation: "Gas swells the dough." };
const OTHER = { information_need: 'Why is it "sour"?', explanation: "Acids form; {x} stays, [y] too." };
const ANSWER: ScenarioAnswer = {
  document_analysis: { main_topic: "Bread", key_points: ["Yeast makes gas.", "Gluten holds it."] },
  information_needs: [ITEM.information_need, OTHER.information_need],
  explanation: [ITEM, OTHER],
};
const JSON_TEXT = JSON.stringify(ANSWER);

describe("parseAnswer", () => {
  it("takes what was asked for as it stands", () => {
    expect(parseAnswer(` ${JSON.stringify(ANSWER, undefined, 2)}\n`)).toEqual({
      status: "parsed",
      answer: ANSWER,
      repairs: [],
    });
  });

  it.each([
    { text: `\`\`\`json\n${JSON_TEXT}\n\`\`\``, repairs: ["code-fence"] },
    { text: `Sure! Here is {the} JSON:\n${JSON_TEXT}`, repairs: ["leading-text"] },
    { text: `${JSON_TEXT}\nI hope this helps {you}.`, repairs: ["trailing-text"] },
    { text: `Here:\n\`\`\`\n${JSON_TEXT}\n\`\`\`\nDone.`, repairs: ["code-fence", "leading-text", "trailing-text"] },
    { text: `<think>{"a": 1} maybe?</think>\n${JSON_TEXT}`, repairs: ["reasoning"] },
    { text: JSON_TEXT.replace(/\]\}$/, " , ] ,\n}"), repairs: ["trailing-comma"] },
    {
      text: JSON_TEXT.replace("Gas swells", "Gas\nswells"),
      repairs: ["control-character"],
      explanation: "Gas\nswells the dough.",
    },
    {
      text: JSON_TEXT.replace("Gas swells", "Gas \\(x^2\\) swells"),
      repairs: ["invalid-escape"],
      explanation: "Gas \\(x^2\\) swells the dough.",
    },
  ])("mends and says so: $repairs", ({ text, repairs, explanation }) => {
    const first = { ...ITEM, explanation: explanation ?? ITEM.explanation };
    expect(parseAnswer(text)).toEqual({
      status: "parsed",
      answer: { ...ANSWER, explanation: [first, OTHER] },
      repairs,
    });
  });

  it("of an answer that is cut off keeps the whole items, wherever the cut is", () => {
    const first = JSON_TEXT.indexOf(JSON.stringify(ITEM)) + JSON.stringify(ITEM).length;
    const last = JSON_TEXT.length - "]}".length;
    for (let length = first; length < JSON_TEXT.length; length++) {
      const items = length < last ? [ITEM] : [ITEM, OTHER];
      expect(parseAnswer(JSON_TEXT.slice(0, length)), String(length)).toEqual({
        status: "parsed",
        answer: { ...ANSWER, explanation: items },
        repairs: ["cut-off"],
      });
    }
    for (let length = 0; length < first; length += 7) {
      expect(parseAnswer(JSON_TEXT.slice(0, length)).status, String(length)).toBe("failed");
    }
  });

  it("drops items that lack a part, and fills in the list of needs, which nobody reads", () => {
    const broken = { ...ANSWER, explanation: [{ information_need: "?" }, ITEM, { ...OTHER, explanation: " " }, "x"] };
    expect(parseAnswer(JSON.stringify(broken))).toEqual({
      status: "parsed",
      answer: { ...ANSWER, explanation: [ITEM] },
      repairs: ["incomplete-item"],
    });
    const { information_needs: _, ...bare } = ANSWER;
    expect(parseAnswer(JSON.stringify(bare))).toEqual({ status: "parsed", answer: ANSWER, repairs: ["missing-needs"] });
  });

  it.each([
    "I cannot do that.",
    "",
    "null",
    "[]",
    "{}",
    '{"explanation": []}',
    JSON.stringify({ ...ANSWER, explanation: [] }),
    JSON.stringify({ ...ANSWER, document_analysis: { main_topic: "", key_points: [] } }),
    JSON.stringify({ ...ANSWER, document_analysis: { main_topic: "Bread", key_points: "one" } }),
    JSON_TEXT.replace("]", "}"),
    JSON_TEXT.replace('"key_points":', '"key_points"'),
  ])("says why it cannot read %j", (text) => {
    expect(parseAnswer(text)).toEqual({ status: "failed", why: expect.stringMatching(/^the answer \S/) });
  });

  it("brings back any texts, in a fence or behind prose too", () => {
    const text = fc.string({ unit: "binary", minLength: 1 }).filter((value) => value.trim() !== "");
    const answer = fc
      .record({
        main_topic: text,
        key_points: fc.array(fc.string({ unit: "binary" }), { maxLength: 4 }),
        explanation: fc.array(fc.record({ information_need: text, explanation: text }), { minLength: 1, maxLength: 4 }),
      })
      .map(({ main_topic, key_points, explanation }) => ({
        document_analysis: { main_topic, key_points },
        information_needs: explanation.map(({ information_need }) => information_need),
        explanation,
      }));
    const wrap = fc.constantFrom(
      (json: string) => json,
      (json: string) => `\`\`\`json\n${json}\n\`\`\``,
      (json: string) => `Here it is: ${json}`,
    );
    fc.assert(
      fc.property(answer, wrap, (value, wrapped) => {
        expect(parseAnswer(wrapped(JSON.stringify(value)))).toMatchObject({ status: "parsed", answer: value });
      }),
    );
  });

  it("never throws, and never invents a text, whatever comes", () => {
    const piece = fc.constantFrom(
      '"',
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "\\",
      "\n",
      "a",
      '"explanation"',
      '"information_need"',
      "```",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join("");
        const parsed = parseAnswer(text);
        if (parsed.status === "parsed") expect(text).toContain("information_need");
      }),
      { numRuns: 2_000 },
    );
  });
});
