import { createComponent, type Fragment, type Registry } from "../component.ts";
import { dense } from "./dense.ts";
import type { Retriever, RetrieverServices } from "./types.ts";

/** Every retriever by kind. */
export const retrievers = { dense } as const satisfies Registry<Retriever, RetrieverServices>;

/** The retriever that a fragment describes. @throws as `checkFragment` */
export function createRetriever(fragment: Fragment, services: RetrieverServices): Retriever {
  return createComponent("retriever", retrievers, fragment, services);
}
