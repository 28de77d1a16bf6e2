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
export function readChatAnswer(body: string, { where, model }: ExpectedChat): Outcome {
  const parsed = answerSchema.safeParse(parseJson(body));
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
  const { content, refusal } = choice.message;
  const finish = choice.finish_reason ?? "unknown";
  if (refusal) return { status: "failed", why: `the model refused: ${refusal.slice(0, SHOWN_CHARACTERS)}` };
  if (finish === "content_filter") return { status: "failed", why: "the server's content filter stopped the answer" };
  if (!content?.trim()) return { status: "failed", why: `the answer is empty (finish reason ${finish})` };
  return {
    status: "answered",
    text: content,
    finish,
    model: served,
    ...(usage === undefined ? {} : { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens }),
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
