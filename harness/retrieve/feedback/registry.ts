import { createComponent, type Fragment, type Registry } from "../../component.ts";
import { average } from "./average.ts";
import { rm3 } from "./rm3.ts";
import { rocchio } from "./rocchio.ts";
import type { TermFeedback, VectorFeedback } from "./types.ts";

/** Feedback for retrievers of vectors. To add one: its file, one line here. */
export const vectorFeedbacks = { average, rocchio } as const satisfies Registry<VectorFeedback>;

/** Feedback for retrievers of terms. To add one: its file, one line here. */
export const termFeedbacks = { rm3 } as const satisfies Registry<TermFeedback>;

/** The feedback that a fragment describes. @throws as `checkFragment` */
export function createVectorFeedback(fragment: Fragment): VectorFeedback {
  return createComponent("feedback", vectorFeedbacks, fragment, undefined);
}

/** The feedback that a fragment describes. @throws as `checkFragment` */
export function createTermFeedback(fragment: Fragment): TermFeedback {
  return createComponent("feedback", termFeedbacks, fragment, undefined);
}
