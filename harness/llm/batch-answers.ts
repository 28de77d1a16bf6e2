import { z } from "zod";
import { RetryLater } from "../runtime/retry.ts";
import { type ExpectedChat, readChatCompletion } from "./chat-answer.ts";
import { isOfPrompt } from "./openai.ts";
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
  error: z.unknown().optional(),
});

const requestSchema = z.object({ custom_id: z.string(), method: z.string(), url: z.string(), body: z.unknown() });

/**
 * Source: https://platform.openai.com/docs/api-reference/batch/request-output; vLLM's run_batch.py at 0056ae7, whose `error` is
 * an ErrorResponse or a text
 */
const plainError = z.union([
  z.string(),
  z.object({ message: z.string().nullish(), code: z.string().nullish().catch(undefined) }),
]);
const errorSchema = z.union([z.object({ error: plainError }), plainError]);

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

/** A line of an output or error file. */
export type BatchLine = {
  readonly customId: string;
  /**
   * What became of the request. A status that no prompt causes is passing, and so is what the server did not get to
   * (`batch_expired`).
   *
   * @throws {HarnessError} `REMOTE_REFUSED` for another model
   */
  outcome(expected: ExpectedChat): Outcome;
};

/**
 * What became of the requests of a batch, from its output or error file.
 *
 * @returns the answers, and how many lines could not be read
 * @throws {HarnessError} as `BatchLine.outcome`
 */
export function readBatchAnswers(content: string, expected: ExpectedChat) {
  const answers: BatchAnswer[] = [];
  let unread = 0;
  for (const text of content.split("\n")) {
    if (text.trim() === "") continue;
    const line = readBatchLine(text);
    if (line === undefined) unread += 1;
    else answers.push({ customId: line.customId, outcome: line.outcome(expected) });
  }
  return { answers, unread };
}

/** Undefined for a line that is none. */
export function readBatchLine(text: string): BatchLine | undefined {
  const { data } = lineSchema.safeParse(parse(text));
  if (data === undefined || (data.response === undefined && data.error === undefined)) return undefined;
  return { customId: data.custom_id, outcome: (expected) => outcomeOf(data, expected) };
}

/** Whether a line asks instead of answering. */
export function isBatchRequest(text: string): boolean {
  return requestSchema.safeParse(parse(text)).success;
}

function outcomeOf({ response, error }: z.output<typeof lineSchema>, expected: ExpectedChat): Outcome {
  const status = response?.status_code;
  if (response === undefined || response === null || status !== 200) {
    const said = messageOf(response?.body) ?? messageOf(error) ?? "no answer";
    const why = `${expected.where}: the server answers ${status ?? ""} ${said}`.replace(/ +/g, " ");
    return { status: "failed", why, passing: !isOfPrompt(status) };
  }
  try {
    return readChatCompletion(response.body, expected);
  } catch (failure) {
    if (!(failure instanceof RetryLater)) throw failure;
    return { status: "failed", why: failure.message, passing: true };
  }
}

/** What an error says: OpenAI's object, alone or as `error` of another one, or vLLM's plain text. */
function messageOf(said: unknown): string | undefined {
  const { data } = errorSchema.safeParse(said);
  const error = typeof data === "object" && "error" in data ? data.error : data;
  return typeof error === "string" ? error : (error?.message ?? error?.code ?? undefined);
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
