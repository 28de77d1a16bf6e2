import { fileURLToPath } from "node:url";
import { type PromptTemplate, readPromptTemplate } from "../llm/prompt-template.ts";

/** What a model is asked for the scenarios of a document. */
export type ScenarioPrompt = PromptTemplate<"document">;

/**
 * The prompt in a file, or the one that is shipped.
 *
 * @param folder what a relative path refers to
 * @throws {HarnessError} as `readPromptTemplate`
 */
export async function readScenarioPrompt(file: string | undefined, folder: string): Promise<ScenarioPrompt> {
  const own = fileURLToPath(new URL("scenario-prompt.txt", import.meta.url));
  return await readPromptTemplate({ file, folder, own, places: ["document"] });
}
