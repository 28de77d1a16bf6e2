import { createComponent, type Fragment, type Registry } from "../component.ts";
import { bm25 } from "./bm25.ts";
import type { Retriever, RetrieverServices } from "./types.ts";

/** Every retriever, keyed by its kind in specs. */
export const retrievers = { bm25 } as const satisfies Registry<Retriever, RetrieverServices>;

/** The retriever a fragment names. @throws {HarnessError} as `createComponent` */
export function createRetriever(fragment: Fragment, services: RetrieverServices): Retriever {
  return createComponent("retriever", retrievers, fragment, services);
}
