import { HarnessError } from "../errors.ts";
import { readQrels } from "../storage/trec-qrels.ts";
import { readJudgedTables } from "./judged-tables.ts";
import { matchPaths } from "./path-pattern.ts";
import type { DatasetFormat, FileListing, LocalFiles, RawDataset } from "./types.ts";

/** Paths or patterns, and what the values are called there. */
export type NamedFiles = {
  readonly corpus: string;
  readonly queries: string;
  readonly qrels: string;
  readonly fields: {
    readonly docId: string;
    readonly title: string;
    readonly text: string;
    readonly queryId: string;
    readonly queryText: string;
    readonly excluded: string;
    readonly judgedQuery: string;
    readonly judgedDocument: string;
    readonly grade: string;
  };
};

const TABLE = /\.(?:jsonl|parquet|csv)(?:\.gz)?$/;

/** The format that reads these three files: tables by field names, and qrels also in TREC's or BEIR's form. */
export function namedFilesFormat(named: NamedFiles): DatasetFormat {
  const patterns = [named.corpus, named.queries, named.qrels];
  return {
    // not async, because nothing has to be awaited; a failure is a rejection all the same
    select: (files) => Promise.resolve().then(() => patterns.flatMap((pattern) => findPaths(files, pattern))),
    read: (files) => readNamed(files, named),
  };
}

/** @throws {HarnessError} `FILE_MISSING` when no path is like the pattern */
export function findPaths(files: FileListing, pattern: string): readonly string[] {
  const found = matchPaths(pattern, files.paths);
  if (found.length > 0) return found;
  const shown = files.paths.slice(0, 12).map((path) => `\`${path}\``);
  throw new HarnessError("FILE_MISSING", `expected a file \`${pattern}\`, found ${shown.join(", ") || "none"}.`, {
    where: files.where,
  });
}

/** The one path that is like the pattern. @throws {HarnessError} as `findPaths`, and `DATA_INVALID` when there are several */
export function findPath(files: FileListing, pattern: string): string {
  const [path = pattern, second] = findPaths(files, pattern);
  if (second === undefined) return path;
  throw new HarnessError("DATA_INVALID", `expected one file \`${pattern}\`, found \`${path}\` and \`${second}\`.`, {
    where: files.where,
  });
}

async function readNamed(files: LocalFiles, { corpus, queries, qrels, fields }: NamedFiles): Promise<RawDataset> {
  const absolute = (pattern: string) => findPaths(files, pattern).map((path) => files.absolute(path));
  const corpusPaths = absolute(corpus);
  const qrelsPaths = absolute(qrels);
  return await readJudgedTables({
    where: corpusPaths[0] ?? files.where,
    corpus: {
      paths: corpusPaths,
      columns: {
        id: { names: [fields.docId] },
        title: { names: [fields.title], isOptional: true },
        text: { names: [fields.text] },
      },
    },
    queries: {
      paths: absolute(queries),
      columns: {
        id: { names: [fields.queryId] },
        text: { names: [fields.queryText] },
        excluded: { names: [fields.excluded], isOptional: true },
      },
    },
    qrels: qrelsPaths.every((path) => TABLE.test(path))
      ? {
          paths: qrelsPaths,
          columns: {
            query: { names: [fields.judgedQuery] },
            doc: { names: [fields.judgedDocument] },
            grade: { names: [fields.grade] },
          },
        }
      : await readQrels(files.absolute(findPath(files, qrels))),
  });
}
