import { z } from "zod";
import { checkFragment, type Registry } from "../component.ts";
import { HarnessError } from "../errors.ts";

/** An option that names a component of another registry, which is checked together with the retriever's own options. */
export function fragmentOption<Made, Services>(room: string, registry: Registry<Made, Services>) {
  return z.looseObject({ kind: z.string() }).superRefine((fragment, context) => {
    try {
      checkFragment(room, registry, fragment);
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
    }
  });
}
