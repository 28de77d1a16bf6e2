import { describe, expect, it } from "vitest";
import { wordsOf } from "../../harness/analysis/words.ts";

describe("wordsOf", () => {
  it("takes runs of letters and digits of any script, in lower case and in their order", () => {
    expect(wordsOf("Why, at 37°C, does H2O Übergänge?  水は water's")).toEqual([
      ...["why", "at", "37", "c", "does", "h2o", "übergänge", "水は", "water", "s"],
    ]);
  });

  it("finds none where there is none", () => expect(wordsOf(" .-\n")).toEqual([]));
});
