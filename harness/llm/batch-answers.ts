import { z } from "zod";
import { RetryLater } from "../runtime/retry.ts";
import { type ExpectedChat, readChatCompletion } from "./chat-answer.ts";
import { isPassing } from "./openai.ts";
import type { Outcome } from "./types.ts";

const batchSchema = z.object({
  id: z.string(),
  status: z.string(),
  output_file_id: z.string().nullish(),
  error_file_id: z.string().nullish(),
  errors: z.object({ data: z.array(z.object({ message: z.string().nullish() })).nullish() }).nullish(),
  metadata: z.record(z.string(), z.string()).nullish().catch(undefined),
});

/** A batch as the server describes it. */
export type Batch = z.output<typeof batchSchema>;

const listSchema = z.object({ data: z.array(batchSchema) });
const fileSchema = z.object({ id: z.string() });

const lineSchema = z.object({
  custom_id: z.string(),
  response: z.object({ status_code: z.int(), body: z.unknown() }).nullish(),
  error: z.object({ code: z.string().nullish(), message: z.string().nullish() }).nullish(),
});

/** @throws {RetryLater} for a body that is no batch */
export function readBatch(body: string): Batch {
  return read(batchSchema, body, "batch");
}

/** @throws {RetryLater} for a body that is no list of batches */
export function readBatches(body: string): readonly Batch[] {
  return read(listSchema, body, "list of batches").data;
}

/** @throws {RetryLater} for a body that is no file */
export function readFileId(body: string): string {
  return read(fileSchema, body, "file").id;
}

export type BatchAnswer = { readonly customId: string; readonly outcome: Outcome };

/**
 * What became of the requests of a batch, from its output or error file. What the server did not get to (`batch_expired`) and
 * what failed on its side is passing.
 *
 * @returns the answers, and how many lines could not be read
 * @throws {HarnessError} `REMOTE_REFUSED` for another model
 */
export function readBatchAnswers(content: string, expected: ExpectedChat) {
  const answers: BatchAnswer[] = [];
  let unread = 0;
  for (const text of content.split("\n")) {
    if (text.trim() === "") continue;
    const { data } = lineSchema.safeParse(parse(text));
    if (data === undefined) unread += 1;
    else answers.push({ customId: data.custom_id, outcome: outcomeOf(data, expected) });
  }
  return { answers, unread };
}

function outcomeOf({ response, error }: z.output<typeof lineSchema>, expected: ExpectedChat): Outcome {
  const status = response?.status_code;
  if (response === undefined || response === null || status !== 200) {
    const said = messageOf(response?.body) ?? error?.message ?? error?.code ?? "no answer";
    const why = `${expected.where}: the server answers ${status ?? ""} ${said}`.replace(/ +/g, " ");
    return { status: "failed", why, passing: isPassing(status) };
  }
  try {
    return readChatCompletion(response.body, expected);
  } catch (failure) {
    if (!(failure instanceof RetryLater)) throw failure;
    return { status: "failed", why: failure.message, passing: true };
  }
}

function messageOf(body: unknown): string | undefined {
  return z.object({ error: z.object({ message: z.string() }) }).safeParse(body).data?.error.message;
}

function read<Schema extends z.ZodType>(schema: Schema, body: string, what: string): z.output<Schema> {
  const { data } = schema.safeParse(parse(body));
  if (data === undefined) throw new RetryLater(new Error(`the answer is no ${what}`));
  return data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
