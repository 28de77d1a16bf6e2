import { z } from "zod";
import { HarnessError } from "../../errors.ts";
import { readJsonLines } from "../../storage/jsonl.ts";

/** Raised when the file of the same result would hold something else. */
export const EXCERPTS_SCHEMA = 1;

const count = z.int().min(0);
const headSchema = z.object({
  kind: z.literal("excerpts"),
  schemaVersion: z.literal(EXCERPTS_SCHEMA),
  /** Of all that the file is made of. */
  key: z.string(),
  /** Id of the result. */
  result: z.string(),
  version: z.string(),
  ids: z.enum(["refuse", "percent-encode"]),
  runFile: z.object({ name: z.string(), text: z.string() }),
  cut: z.object({ queries: count, documents: count, scenarios: count }),
});
const lineSchema = z.discriminatedUnion("kind", [
  headSchema,
  z.object({
    kind: z.literal("query"),
    dataset: z.string(),
    querySet: z.string(),
    id: z.string(),
    text: z.string(),
    /** Documents of positive grade. Pairs, as ids may be numbers, which objects sort. */
    gold: z.array(z.tuple([z.string(), z.number()])),
  }),
  z.object({ kind: z.literal("document"), dataset: z.string(), id: z.string(), text: z.string() }),
  z.object({ kind: z.literal("scenario"), dataset: z.string(), set: z.string(), id: z.string(), text: z.string() }),
]);

/** A line of the file of excerpts; the first one is the head. */
export type ExcerptLine = z.output<typeof lineSchema>;
export type ExcerptsHead = z.output<typeof headSchema>;

/** The head of a file of excerpts. A file that cannot be read has none: it is made again. */
export async function readExcerptsHead(path: string): Promise<ExcerptsHead | undefined> {
  try {
    for await (const line of readExcerptLines(path)) return line.kind === "excerpts" ? line : undefined;
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
  }
  return undefined;
}

/** @throws {HarnessError} `DATA_INVALID` for a line that is none of ours; and as `readJsonLines` */
export async function* readExcerptLines(path: string): AsyncGenerator<ExcerptLine> {
  for await (const batch of readJsonLines(path)) {
    for (const { line, value } of batch) {
      const known = lineSchema.safeParse(value);
      if (!known.success) {
        throw new HarnessError("DATA_INVALID", "expected a line of excerpts.", {
          where: `${path}:${line}`,
          hint: "Run the experiment again: finished cells are kept.",
        });
      }
      yield known.data;
    }
  }
}
