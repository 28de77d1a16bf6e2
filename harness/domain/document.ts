import type { DocId } from "./ids.ts";

/** One entry of a corpus as its dataset spells it. `title` is empty where the dataset has none. */
export type Document = { readonly id: DocId; readonly title: string; readonly text: string };
