import type { ParquetColumn } from "../storage/parquet-writer.ts";

/** One turn with a model: what it is asked, and what it should answer. */
export type ChatExample = { readonly prompt: string; readonly completion: string };

/** What a model is asked, an answer to learn, and one to unlearn. */
export type PreferenceExample = { readonly prompt: string; readonly chosen: string; readonly rejected: string };

type Row = Readonly<Record<string, unknown>>;

const user = (content: string) => [{ role: "user", content }];
const assistant = (content: string) => [{ role: "assistant", content }];

/** Source: https://developers.openai.com/api/docs/guides/supervised-fine-tuning (chat format). */
export function openaiChatRow({ prompt, completion }: ChatExample): Row {
  return { messages: [...user(prompt), ...assistant(completion)] };
}

/**
 * Prompt and completion apart, so that the loss is that of the completion alone, as in SPIKE's training.
 *
 * Source: https://huggingface.co/docs/trl/dataset_formats (conversational prompt-completion).
 */
export function trlChatRow({ prompt, completion }: ChatExample): Row {
  return { prompt: user(prompt), completion: assistant(completion) };
}

/** Columns of `trlChatRow`. */
export const TRL_CHAT_COLUMNS: readonly ParquetColumn[] = [
  { name: "prompt", type: "messages" },
  { name: "completion", type: "messages" },
];

/** Source: https://developers.openai.com/api/docs/guides/direct-preference-optimization. */
export function openaiPreferenceRow({ prompt, chosen, rejected }: PreferenceExample): Row {
  return {
    input: { messages: user(prompt), tools: [], parallel_tool_calls: true },
    preferred_output: assistant(chosen),
    non_preferred_output: assistant(rejected),
  };
}

/** Source: https://huggingface.co/docs/trl/dataset_formats (conversational preference, explicit prompt). */
export function trlPreferenceRow({ prompt, chosen, rejected }: PreferenceExample): Row {
  return { prompt: user(prompt), chosen: assistant(chosen), rejected: assistant(rejected) };
}

/** Columns of `trlPreferenceRow`. */
export const TRL_PREFERENCE_COLUMNS: readonly ParquetColumn[] = [
  { name: "prompt", type: "messages" },
  { name: "chosen", type: "messages" },
  { name: "rejected", type: "messages" },
];

/** Source: https://github.com/hiyouga/LLaMA-Factory (data/README.md at 015ff25: sharegpt, preference dataset). */
export function conversationPreferenceRow({ prompt, chosen, rejected }: PreferenceExample): Row {
  return {
    conversations: [{ from: "human", value: prompt }],
    chosen: { from: "gpt", value: chosen },
    rejected: { from: "gpt", value: rejected },
  };
}
