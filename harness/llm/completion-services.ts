import type { AnswerFiles } from "./answer-files.ts";
import type { RequestFolder } from "./request-folder.ts";
import type { ChatServices } from "./types.ts";

/** What is handed to everything that keeps the answers of models. */
export type CompletionServices = ChatServices & {
  /** Folder of the journals of completions; without one nothing can be generated. */
  readonly completions?: string | undefined;
  readonly say?: ((line: string) => void) | undefined;
  readonly batchFiles?: BatchFiles | undefined;
};

/** Where requests go instead of to a server, or answers come from. */
export type BatchFiles =
  | { readonly kind: "export"; readonly requests: RequestFolder }
  | { readonly kind: "import"; readonly answers: AnswerFiles };
