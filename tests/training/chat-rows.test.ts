import { describe, expect, it } from "vitest";
import {
  conversationPreferenceRow,
  openaiChatRow,
  openaiPreferenceRow,
  trlChatRow,
  trlPreferenceRow,
} from "../../harness/training/chat-rows.ts";
import { expectFormat, type FormatName } from "./format-schemas.ts";

const CHAT = { prompt: 'Ask "this"\n', completion: "Said" };
const PAIR = { prompt: "Ask", chosen: "Good", rejected: "Bad" };
const [USER, GOOD, BAD] = [
  [{ role: "user", content: "Ask" }],
  [{ role: "assistant", content: "Good" }],
  [{ role: "assistant", content: "Bad" }],
];

describe("rows of chat formats", () => {
  it.each<{ readonly format: FormatName; readonly row: unknown; readonly expected: unknown }>([
    {
      format: "openaiChat",
      row: openaiChatRow(CHAT),
      expected: {
        messages: [
          { role: "user", content: CHAT.prompt },
          { role: "assistant", content: "Said" },
        ],
      },
    },
    {
      format: "trlChat",
      row: trlChatRow(CHAT),
      expected: {
        prompt: [{ role: "user", content: CHAT.prompt }],
        completion: [{ role: "assistant", content: "Said" }],
      },
    },
    { format: "trlPreference", row: trlPreferenceRow(PAIR), expected: { prompt: USER, chosen: GOOD, rejected: BAD } },
    {
      format: "openaiPreference",
      row: openaiPreferenceRow(PAIR),
      expected: {
        input: { messages: USER, tools: [], parallel_tool_calls: true },
        preferred_output: GOOD,
        non_preferred_output: BAD,
      },
    },
    {
      format: "conversationPreference",
      row: conversationPreferenceRow(PAIR),
      expected: {
        conversations: [{ from: "human", value: "Ask" }],
        chosen: { from: "gpt", value: "Good" },
        rejected: { from: "gpt", value: "Bad" },
      },
    },
  ])("are as $format wants them", ({ format, row, expected }) => {
    expect(row).toEqual(expected);
    expectFormat(format, [row]);
  });

  it("are refused by the schema of another format", () => {
    expect(() => expectFormat("openaiChat", [trlChatRow(CHAT)])).toThrow();
    expect(() => expectFormat("trlPreference", [conversationPreferenceRow(PAIR)])).toThrow();
  });
});
