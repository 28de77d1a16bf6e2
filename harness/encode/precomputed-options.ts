import { z } from "zod";
import { formatOf, VECTOR_FORMATS, vectorFormats } from "./vector-formats.ts";

const fields = {
  path: z
    .string()
    .min(1)
    .describe("Relative to the run file; `{dataset}`, and `{queries}` or `{scenarios}` of a set, stand for its name."),
  format: z.enum(VECTOR_FORMATS).optional().describe("Where the path's ending does not tell."),
  idField: z.string().min(1).default("id").describe("The column or field of the ids."),
  vectorField: z.string().min(1).default("vector").describe("The column or field of the vectors."),
  ids: z
    .string()
    .min(1)
    .optional()
    .describe("File of the rows' ids: one a line, a JSON list, a JSON object from position to id, or a .npy of texts."),
  order: z
    .literal("dataset")
    .optional()
    .describe(
      "The rows are those of the dataset (documents, judged queries or scenarios), in its order, as many as it has.",
    ),
};

type Fields = z.output<z.ZodObject<typeof fields>>;

const FORMAT_UNKNOWN = { error: `expected a path that ends as its format does, or \`format\`.`, path: ["path"] };
const IDS_TWICE = { error: "expected `ids` or `order`, found both.", path: ["order"] };
const IDS_MISSING = { error: "expected `ids` or `order: dataset`, as a .npy file has no ids.", path: ["ids"] };
const ORDER_TWICE = { error: "expected `idsOf: document` or `order`, found both.", path: ["order"] };

function hasFormat({ path, format }: Fields): boolean {
  return format !== undefined || formatOf(path) !== undefined;
}

function hasOneSourceOfIds({ ids, order }: Fields): boolean {
  return ids === undefined || order === undefined;
}

function hasIds({ path, format = formatOf(path), ids, order }: Fields): boolean {
  return format === undefined || vectorFormats[format].hasIds || ids !== undefined || order !== undefined;
}

const vectors = z
  .strictObject(fields)
  .refine(hasFormat, FORMAT_UNKNOWN)
  .refine(hasOneSourceOfIds, IDS_TWICE)
  .refine(hasIds, IDS_MISSING);

const scenarioVectors = z
  .strictObject({
    ...fields,
    idsOf: z
      .enum(["scenario", "document"])
      .default("scenario")
      .describe(
        "What the ids are of: the n-th scenario of a document, from 0, is `<doc id>#<n>`; or the document, whose n-th row is its n-th scenario.",
      ),
  })
  .refine(hasFormat, FORMAT_UNKNOWN)
  .refine(hasOneSourceOfIds, IDS_TWICE)
  .refine(hasIds, IDS_MISSING)
  .refine(({ idsOf, order }) => idsOf === "scenario" || order === undefined, ORDER_TWICE);

/** Options of the `precomputed` encoder. */
export const precomputedOptions = z.strictObject({
  model: z.string().min(1).optional().describe("What made the vectors: a name for the reader, part of the identity."),
  document: vectors.describe("Vectors of the documents, by doc id."),
  query: vectors.describe("Vectors of the queries, by query id."),
  scenario: scenarioVectors.optional().describe("Vectors of the scenarios."),
  normalize: z
    .boolean()
    .default(true)
    .describe("Bring rows to norm 1; without it rows are taken as they are and must have norm 1, or be all zero."),
});

export type PrecomputedOptions = z.output<typeof precomputedOptions>;

/** Where the vectors of a role are. */
export type VectorOptions = PrecomputedOptions["document"] & Pick<Partial<z.output<typeof scenarioVectors>>, "idsOf">;
