import type { Fragment } from "../../component.ts";
import { HarnessError } from "../../errors.ts";

export type ImportFiles = {
  readonly split: string;
  readonly documents: string | undefined;
  readonly queries: string | undefined;
  readonly qrels: string | undefined;
};

/**
 * The dataset format of a folder to import. CSV files have a header line with `_id`, `title`, `text` (documents), `_id`,
 * `text` (queries) and `query-id`, `corpus-id`, `score` (judgements).
 *
 * @throws {HarnessError} `USAGE` when files of a TREC collection are not named: their names follow no rule
 */
export function importFormat(from: "beir" | "trec" | "csv", { split, ...files }: ImportFiles): Fragment {
  if (from === "beir") return { kind: "beir", split };
  const { documents, queries, qrels } = files;
  if (from === "csv") {
    return {
      kind: "jsonl",
      corpus: documents ?? "corpus.csv",
      queries: queries ?? "queries.csv",
      qrels: qrels ?? "qrels.csv",
    };
  }
  if (documents !== undefined && queries !== undefined && qrels !== undefined) {
    return { kind: "trec", documents, queries, qrels };
  }
  throw new HarnessError("USAGE", "expected `--documents`, `--queries` and `--qrels` for a TREC collection.", {
    hint: 'For example --documents "corpus/*.trec" --queries topics.txt --qrels qrels.txt.',
  });
}
