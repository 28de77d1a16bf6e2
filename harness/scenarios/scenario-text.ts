import { z } from "zod";
import type { ScenarioEntry, ScenarioParts } from "./scenario-entry.ts";

/** SPIKE's letters, in the order in which the reference code joins them, whatever order is asked for. */
const COMPONENTS = ["I", "O", "M", "K", "E"] as const;

/** How a scenario becomes a text; part of every source's options. */
export const textOptions = z.strictObject({
  components: z
    .array(z.enum(COMPONENTS))
    .nonempty()
    .default(["I", "M", "K", "E"])
    .describe("Information need, document (original), main topic, key points, explanation; SPIKE's default is all."),
  keyPoints: z
    .enum(["newline", "sentence", "bullets"])
    .default("newline")
    .describe("How key points are written out: one a line, as sentences on one line, or one a line after `- `."),
});

export type TextOptions = z.output<typeof textOptions>;

/** A text in pieces; undefined stands for the document's own text. */
export type TextPieces = readonly (string | undefined)[];

/**
 * The text of a scenario, values only: its chosen components in the order I, O, M, K, E. What is given as a text stays as it
 * is. How the paper's runs wrote key points out is not known: the released code fails on a list.
 *
 * Source: https://github.com/augustinLib/SPIKE (data/embedding/embed_and_indexing.py at f573f96)
 */
export function textPieces(entry: Exclude<ScenarioEntry, { state: "failed" }>, options: TextOptions): TextPieces {
  if (entry.state === "text") return [entry.text];
  const pieces = piecesOf(entry.parts, options.keyPoints);
  return COMPONENTS.filter((letter) => options.components.includes(letter)).map((letter) => pieces[letter]);
}

/** @param document the document's own text */
export function joinPieces(pieces: TextPieces, document: string): string {
  return pieces.map((piece) => piece ?? document).join("\n");
}

function piecesOf(
  { mainTopic, keyPoints, informationNeed, explanation }: ScenarioParts,
  form: TextOptions["keyPoints"],
) {
  return { I: informationNeed, O: undefined, M: mainTopic, K: writeKeyPoints(keyPoints, form), E: explanation };
}

function writeKeyPoints(points: readonly string[], form: TextOptions["keyPoints"]): string {
  switch (form) {
    case "newline":
      return points.join("\n");
    case "sentence":
      return points.map((point) => (/[.!?]$/.test(point.trim()) ? point.trim() : `${point.trim()}.`)).join(" ");
    case "bullets":
      return points.map((point) => `- ${point}`).join("\n");
  }
}
