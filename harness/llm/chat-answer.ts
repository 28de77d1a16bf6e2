import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { EndpointFailure } from "../remote/openai-client.ts";
import { RetryLater } from "../runtime/retry.ts";
import type { Outcome } from "./types.ts";

const answerSchema = z.object({
  model: z.string().optional(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z
    .object({ prompt_tokens: z.int().nonnegative(), completion_tokens: z.int().nonnegative() })
    .optional()
    .catch(undefined),
});

const SHOWN_CHARACTERS = 200;

export type ExpectedChat = {
  readonly where: string;
  /** The name that the answer must carry; `*` for any. */
  readonly model: string;
};

/**
 * Reads an answer of `/v1/chat/completions`: its first choice. A refusal, a filtered and an empty answer are failures of
 * the prompt.
 *
 * @throws {RetryLater} for text that is no answer
 * @throws {HarnessError} `REMOTE_REFUSED` for another model
 */
export function readChatAnswer(body: string, expected: ExpectedChat): Outcome {
  return readChatCompletion(parseJson(body), expected);
}

/** The same for an answer that is parsed already, as in the files of a batch. @throws as `readChatAnswer` */
export function readChatCompletion(answer: unknown, { where, model }: ExpectedChat): Outcome {
  const parsed = answerSchema.safeParse(answer);
  const [choice] = parsed.data?.choices ?? [];
  if (!parsed.success || choice === undefined) {
    throw new RetryLater(new EndpointFailure("the answer is malformed: no choice.", { status: undefined, where }));
  }
  const { model: served = "", usage } = parsed.data;
  if (model !== "*" && served !== model) {
    throw new HarnessError("REMOTE_REFUSED", `expected an answer of model \`${model}\`, got one of \`${served}\`.`, {
      where,
      hint: "If that is the same model, say so by `servedModel` (`*` takes any name).",
    });
  }
  const tokens =
    usage === undefined ? {} : { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens };
  const { content, refusal } = choice.message;
  const finish = choice.finish_reason ?? "unknown";
  const why = failureOf({ content, refusal, finish });
  if (why !== undefined) return { status: "failed", why, ...tokens };
  return { status: "answered", text: content ?? "", finish, model: served, ...tokens };
}

type Said = { readonly content?: string | null | undefined; readonly refusal?: string | null | undefined };

function failureOf({ content, refusal, finish }: Said & { readonly finish: string }): string | undefined {
  if (refusal) return `the model refused: ${refusal.slice(0, SHOWN_CHARACTERS)}`;
  if (finish === "content_filter") return "the server's content filter stopped the answer";
  return content?.trim() ? undefined : `the answer is empty (finish reason ${finish})`;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
