import { createComponent, type Fragment, type Registry } from "../component.ts";
import { bm25 } from "./bm25.ts";
import { dense } from "./dense.ts";
import type { Retriever, RetrieverServices } from "./types.ts";

/** Every retriever that scores texts. To add one: its file, one line here. */
export const retrievers = { bm25, dense } as const satisfies Registry<Retriever, RetrieverServices>;

/** The retriever that a fragment describes. @throws as `checkFragment` */
export function createRetriever(fragment: Fragment, services: RetrieverServices): Retriever {
  return createComponent("retriever", retrievers, fragment, services);
}
