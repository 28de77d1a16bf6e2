import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { jsonLines, writeFiles } from "../load-folder.ts";

type SmartRecord = { readonly number: string; readonly fields: Readonly<Record<string, string>> };

/** Records of a SMART file: `.I number`, then sections such as `.T` and `.W` that run to the next one. */
function parseSmart(text: string): readonly SmartRecord[] {
  return text
    .split(/^\.I\s+/m)
    .slice(1)
    .map((record) => {
      const [number = "", ...sections] = record.split(/^\.([A-Z])[^\S\n]*\n/m);
      const fields: Record<string, string> = {};
      for (let index = 0; index < sections.length; index += 2) {
        fields[sections[index] ?? ""] = (sections[index + 1] ?? "").replaceAll(/\s+/g, " ").trim();
      }
      return { number: number.trim(), fields };
    });
}

/**
 * Cranfield's SMART files as a BEIR folder. Queries are numbered by their place, 1 to 225, as `cranqrel` does; the number
 * printed before them is another one. Code 1 is the best and 4 the least: grade = 5 - code. Code -1 is ungraded: such a
 * pair stays as judged with grade 0.
 */
export async function convertCranfield(from: string, to: string): Promise<string> {
  const [documents, queries, qrels] = await Promise.all(
    ["cran.all.1400", "cran.qry", "cranqrel"].map((name) => readFile(join(from, name), "utf8")),
  );
  const corpus = parseSmart(documents ?? "").map(({ number, fields }) => ({
    _id: number,
    title: fields["T"] ?? "",
    text: fields["W"] ?? "",
  }));
  const asked = parseSmart(queries ?? "").map(({ fields }, index) => ({ _id: String(index + 1), text: fields["W"] }));
  const judged = (qrels ?? "")
    .trimEnd()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .map(([query, doc, code]) => `${query}\t${doc}\t${code === "-1" ? 0 : 5 - Number(code)}\n`);
  return await writeFiles(to, {
    "corpus.jsonl": jsonLines(corpus),
    "queries.jsonl": jsonLines(asked),
    "qrels/test.tsv": `query-id\tcorpus-id\tscore\n${judged.join("")}`,
  });
}
