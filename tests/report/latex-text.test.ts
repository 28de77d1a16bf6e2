import { describe, expect, it } from "vitest";
import { oneLine } from "../../harness/report/figure-text.ts";
import { latexProse, latexText } from "../../harness/report/latex-text.ts";
import { fc } from "../seeded-fast-check.ts";

/** What TeX prints of our commands; anything else that it would not print as it stands is an error. */
function printed(tex: string): string {
  const commands: Readonly<Record<string, string>> = {
    textbackslash: "\\",
    textasciicircum: "^",
    textasciitilde: "~",
    textless: "<",
    textgreater: ">",
    textbar: "|",
    char34: '"',
    textquotesingle: "'",
    textasciigrave: "`",
  };
  return tex.replace(
    /\\([A-Za-z]+(?:34)?)\{\}|\\([{}$&#%_])|\{\}|([\\{}$&#%_^~<>|"'`])/g,
    (whole, name: string | undefined, symbol: string | undefined) => {
      const text = name === undefined ? symbol : commands[name];
      if (text === undefined && whole !== "{}") throw new Error(`TeX would not print ${whole}`);
      return text ?? "";
    },
  );
}

const hostile = fc.string({
  unit: fc.constantFrom(..."\\{}$&#%_^~<>|\"'`-,?![]*() aB7é\n\r\t", "\\input{x}", "^^M", "--", ",,", "``", "\u202e"),
});

describe("latexText", () => {
  it("is what TeX prints as the text", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(printed(latexText(text))).toBe(oneLine(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    { text: "\\input{/etc/passwd}", tex: "\\textbackslash{}input\\{/etc/passwd\\}" },
    { text: "100 % of a_b & c#d", tex: "100 \\% of a\\_b \\& c\\#d" },
    { text: "a--b", tex: "a-{}-b" },
    { text: "[0, 1]", tex: "{}[0, 1]" },
    { text: "+0.1† – 2 × 3", tex: "+0.1\\textsuperscript{\\dag} \\textendash{} 2 \\ensuremath{\\times} 3" },
  ])("writes $text as $tex", ({ text, tex }) => {
    expect(latexText(text)).toBe(tex);
  });
});

describe("latexProse", () => {
  it("sets names in backticks as code and leaves the spaces around them", () => {
    expect(latexProse("No mean of `a_b` for `c%d`: 1 % left.")).toBe(
      "No mean of \\texttt{a\\_b} for \\texttt{c\\%d}: 1 \\% left.",
    );
  });
});
