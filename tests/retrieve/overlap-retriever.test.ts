import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { createComponent } from "../../harness/component.ts";
import { collection, named, searched } from "../encode/collection.ts";
import { overlap } from "./overlap-retriever.ts";
import { retrieverServices, scoreTexts } from "./search-texts.ts";

describe("the retriever of docs/extending.md", () => {
  it("scores texts by the distinct terms that they share with the query", async () => {
    const views = collection(["cats and dogs", "cat cat bird", "fish"]);
    const retriever = createComponent("retriever", { overlap }, { kind: "overlap", power: 2 }, retrieverServices());
    const { rows } = await scoreTexts(await retriever.open(searched(views)), views, named(["a cat, a cat, a dog"]));
    expect(rows).toEqual([{ scores: [2 ** 2, 1 ** 2, 0], matched: [0, 1] }]);
  });

  it("stands there as it is", () => {
    const source = readFileSync(join(import.meta.dirname, "overlap-retriever.ts"), "utf8");
    const page = readFileSync(resolve(import.meta.dirname, "../../docs/extending.md"), "utf8");
    const there = source.replaceAll("../../harness/retrieve/", "./").replaceAll("../../harness/", "../");
    expect(page).toContain(`\`\`\`ts\n${there}\`\`\`\n`);
  });
});
