import { expect, it } from "vitest";
import { queryId } from "../../harness/domain/ids.ts";
import { describeWithData } from "../real-data.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { convertCosqa } from "./converters/cosqa.ts";
import { convertCranfield } from "./converters/smart.ts";
import { bodiesOf, judgementCount, loadFolder } from "./load-folder.ts";

const temporary = temporaryFolder();

describeWithData("Cranfield", "classic/cranfield", (folder) => {
  it("has its published counts, and grades turned round", async () => {
    const dataset = await loadFolder(await convertCranfield(folder, temporary.path("cranfield")), { kind: "beir" });
    expect([dataset.docIds.length, dataset.queries.length, judgementCount(dataset)]).toEqual([1400, 225, 1837]);
    const grades = new Map<number, number>();
    for (const judged of dataset.qrels.values()) {
      for (const grade of judged.values()) grades.set(grade, (grades.get(grade) ?? 0) + 1);
    }
    // codes -1, 4, 3, 2, 1 as `awk '{print $3}' cranqrel | sort | uniq -c` counts them
    expect(Object.fromEntries(grades)).toEqual({ 0: 225, 1: 363, 2: 734, 3: 387, 4: 128 });
    expect(dataset.qrels.get(queryId("1"))?.get("184" as never)).toBe(5 - 2);
    // the third query is printed as number 004
    expect(dataset.queries[2]?.text).toMatch(/^what problems of heat conduction in composite slabs/);
    expect(dataset.notes.length).toBe(1);
  });
});

describeWithData("CoSQA", "cosqa", (folder) => {
  it("has its published counts, and a code for every query", async () => {
    const dataset = await loadFolder(await convertCosqa(folder, temporary.path("cosqa")), { kind: "beir" });
    expect([dataset.docIds.length, dataset.queries.length, judgementCount(dataset)]).toEqual([6267, 500, 500]);
    expect(dataset.docIds[0]).toBe("0");
    expect((await bodiesOf(dataset))[0]?.text).toMatch(/^def writeBoolean/);
    expect(dataset.notes).toEqual([]);
  });
});
