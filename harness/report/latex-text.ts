import { oneLine } from "./figure-text.ts";

/** What LaTeX would not print as it stands: its own characters, and symbols of our tables that its fonts lack. */
const SPECIAL: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  $: "\\$",
  "&": "\\&",
  "#": "\\#",
  "%": "\\%",
  _: "\\_",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "\\char34{}",
  "'": "\\textquotesingle{}",
  "`": "\\textasciigrave{}",
  "†": "\\textsuperscript{\\dag}",
  "−": "\\ensuremath{-}",
  "–": "\\textendash{}",
  "×": "\\ensuremath{\\times}",
  "…": "\\ldots{}",
};

/** A name or sentence that LaTeX prints as it is spelled: nothing in it is a command, a comment or a ligature. */
export function latexText(text: string): string {
  return (
    oneLine(text)
      .replace(/[\\{}$&#%_^~<>|"'`†−–×…]/g, (character) => SPECIAL[character] ?? character)
      .replace(/(?<=-)-|(?<=,),/g, "{}$&")
      // a row's end takes what follows in brackets for a length
      .replace(/^(?=[[*])/, "{}")
  );
}

/** A sentence in which names stand in backticks: they are set as code. */
export function latexProse(text: string): string {
  return oneLine(text)
    .split(/`([^`]+)`/)
    .map((part, place) => (place % 2 === 1 ? `\\texttt{${latexPart(part)}}` : latexPart(part)))
    .join("");
}

/** As `latexText`, of a part whose outer spaces count. */
function latexPart(text: string): string {
  const [, before = "", inner = "", after = ""] = /^(\s*)(.*?)(\s*)$/su.exec(text) ?? [];
  return `${before === "" ? "" : " "}${latexText(inner)}${after === "" ? "" : " "}`;
}
