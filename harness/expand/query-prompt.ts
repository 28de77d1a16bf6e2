import { fileURLToPath } from "node:url";
import { type PromptTemplate, readPromptTemplate } from "../llm/prompt-template.ts";

/** What a model is asked for a query. */
export type QueryPrompt = PromptTemplate<"query">;

export type QueryPromptSource = {
  /** Undefined for the prompt that is shipped. */
  readonly file: string | undefined;
  /** What a relative path refers to. */
  readonly folder: string;
  /** Name of the prompt that is shipped, a file beside this one. */
  readonly shipped: string;
};

/** The prompt in a file, or a shipped one. @throws as `readPromptTemplate` */
export async function readQueryPrompt({ file, folder, shipped }: QueryPromptSource): Promise<QueryPrompt> {
  const own = fileURLToPath(new URL(shipped, import.meta.url));
  return await readPromptTemplate({ file, folder, own, places: ["query"] });
}
