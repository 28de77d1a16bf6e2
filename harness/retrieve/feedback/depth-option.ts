import { z } from "zod";

/** More documents than any published feedback looks at. */
const MOST_DOCUMENTS = 1_000;

/** How many of the best documents of the first search feed back. */
export function depthOption(usual: number) {
  return z.int().min(1).max(MOST_DOCUMENTS).default(usual).describe("How many of the best documents feed back.");
}
