import { createComponent, type Fragment, type Registry } from "../component.ts";
import type { CompletionServices } from "../llm/completion-services.ts";
import { chainOfThought } from "./chain-of-thought.ts";
import { hyde } from "./hyde.ts";
import { keywords } from "./keywords.ts";
import { llmQe } from "./llm-qe.ts";
import { query2doc } from "./query2doc.ts";
import { rewrite } from "./rewrite.ts";
import type { Expansion } from "./types.ts";

/** How queries can be expanded. To add one: its file, one line here. */
export const expansions = {
  hyde,
  query2doc,
  "llm-qe": llmQe,
  keywords,
  rewrite,
  "chain-of-thought": chainOfThought,
} as const satisfies Registry<Expansion, CompletionServices>;

/** The expansion that a fragment describes. @throws as `checkFragment` */
export function createExpansion(fragment: Fragment, services: CompletionServices = {}): Expansion {
  return createComponent("expansion", expansions, fragment, services);
}
