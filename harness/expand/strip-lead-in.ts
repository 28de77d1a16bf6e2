import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadOnce } from "../runtime/load-once.ts";

const PHRASES = fileURLToPath(new URL("lead-in-phrases.txt", import.meta.url));

type StrippedText = {
  /** Without white space around it; empty when nothing was left. */
  readonly text: string;
  readonly stripped: boolean;
};

/** Takes off what models put before the text that they were asked for. */
export type LeadInStripper = (answer: string) => StrippedText;

/**
 * The phrases are data: lead-in-phrases.txt.
 *
 * Source: LLM-QE strips thirteen phrases of its model in the same place; ours are patterns of our own.
 */
export const leadInStripper = loadOnce(async (): Promise<LeadInStripper> => {
  const lines = (await readFile(PHRASES, "utf8")).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const leadIn = new RegExp(`^(?:${lines.join("|")})`, "i");
  return (answer) => {
    let text = answer.trim();
    let stripped = false;
    for (let match = leadIn.exec(text); match !== null; match = leadIn.exec(text)) {
      text = text.slice(match[0].length).trim();
      stripped = true;
    }
    return { text, stripped };
  };
});
