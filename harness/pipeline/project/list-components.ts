import { catalog } from "../../plan/catalog.ts";
import { listDatasets } from "../datasets/dataset-facts.ts";

export type Listed = { readonly name: string; readonly summary: string; readonly source?: string };

/** What a run file can name, in the order of the registries; datasets are the cards that are found. */
export async function listComponents(
  what: "retrievers" | "encoders" | "scenarios" | "datasets" | "measures" | "fusers" | "feedback" | "expansions",
  cardFolders: readonly string[],
  onWarning: (text: string) => void,
): Promise<readonly Listed[]> {
  if (what === "datasets") {
    const facts = await listDatasets(cardFolders, onWarning);
    return facts.map(({ id, summary }) => ({ name: id, summary }));
  }
  return Object.entries(catalog[what]).map(([name, { summary, source }]) => ({ name, summary, source }));
}
