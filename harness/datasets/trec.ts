import { z } from "zod";
import { isEncoding } from "../storage/text-chunks.ts";
import { readQrels } from "../storage/trec-qrels.ts";
import { findPath, findPaths } from "./named-files.ts";
import { createQueryList } from "./query-list.ts";
import { type LostText, readTrecDocuments } from "./trec-documents.ts";
import { readTrecQueries } from "./trec-queries.ts";
import { defineFormat, type RawDocument } from "./types.ts";

const tag = z.string().min(1).toLowerCase();
const pathsOf = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

/**
 * A TREC collection: files of `<DOC>`s, queries (TREC calls them topics) and qrels. Everything inside a document counts
 * as its text, but for its id, its title and the tags of `skip`; with `text`, only what these tags hold. A tag parts
 * words, white space around the whole is dropped.
 */
export const trec = defineFormat({
  kind: "trec",
  summary: "A TREC collection: SGML or XML documents, topics and qrels.",
  source: "https://trec.nist.gov/data/docs_eng.html, https://trec.nist.gov/data/topics_eng/",
  options: z.strictObject({
    documents: pathsOf.describe("path or pattern of the documents' files, or a list of them"),
    queries: z.string().min(1).describe("path of the topics: SGML, XML, or lines `id<TAB>text`"),
    qrels: z.string().min(1).describe("path of the judgements"),
    encoding: z
      .string()
      .refine(isEncoding, "expected an encoding that TextDecoder knows, e.g. `windows-1252`")
      .default("utf-8")
      .describe("encoding of documents and queries"),
    tags: z
      .strictObject({
        document: tag.default("doc").describe("encloses a document"),
        id: tag.default("docno").describe("holds a document's id"),
        title: z.array(tag).default(["title", "headline"]).describe("make the title, in their order in the file"),
        text: z.array(tag).optional().describe("make the text; by default all the others do"),
        skip: z.array(tag).default([]).describe("are left out with all that they hold"),
      })
      .prefault({})
      .describe("tags of a document"),
    queryParts: z
      .array(tag)
      .min(1)
      .default(["title"])
      .describe("tags of a topic that make the query, in this order: title, desc, narr, query, question"),
  }),
  create(options) {
    const patterns = typeof options.documents === "string" ? [options.documents] : options.documents;
    return {
      select: (files) =>
        Promise.resolve().then(() => [
          ...new Set([...patterns, options.queries, options.qrels].flatMap((pattern) => findPaths(files, pattern))),
        ]),
      async read(files) {
        const one = (pattern: string) => files.absolute(findPath(files, pattern));
        const documents = [...new Set(patterns.flatMap((pattern) => findPaths(files, pattern)))].map((path) =>
          files.absolute(path),
        );
        const { qrels, duplicates } = await readQrels(one(options.qrels));
        const list = createQueryList(qrels);
        const { queryParts: parts, encoding, tags } = options;
        for await (const query of readTrecQueries(one(options.queries), { parts, encoding })) list.add(query);
        let lost: readonly LostText[] = [];
        async function* readAll(): AsyncGenerator<readonly RawDocument[]> {
          const found: LostText[] = [];
          for (const path of documents) {
            yield* readTrecDocuments(path, { tags, encoding, onLost: (one) => found.push(one) });
          }
          lost = found;
        }
        return {
          where: documents[0] ?? files.where,
          documents: readAll,
          queries: list.queries,
          qrels,
          get notes() {
            return [
              ...(duplicates === 0 ? [] : [`${duplicates} repeated judgements were collapsed.`]),
              ...list.notes(),
              ...lostNotes(lost),
            ];
          },
        };
      },
    };
  },
});

function lostNotes(lost: readonly LostText[]): readonly string[] {
  const outside = lost.reduce((sum, one) => sum + one.outside, 0);
  const tagLike = lost.reduce((sum, one) => sum + one.tagLike, 0);
  return [
    ...(outside === 0 ? [] : [`${outside} characters stand outside any document and were left out.`]),
    ...(tagLike === 0
      ? []
      : [`${tagLike} tags hold words, as a \`<\` in running text does; those words were left out.`]),
  ];
}
