import { listCards } from "../datasets/find-card.ts";
import { catalog } from "../plan/catalog.ts";

export type Listed = { readonly name: string; readonly summary: string; readonly source?: string };

/** What a run file can name, in the order of the registries; datasets are the cards that are found. */
export async function listComponents(
  what: "retrievers" | "encoders" | "datasets" | "measures" | "fusers",
  cardFolders: readonly string[],
): Promise<readonly Listed[]> {
  if (what === "datasets") return await listCards(cardFolders);
  return Object.entries(catalog[what]).map(([name, { summary, source }]) => ({ name, summary, source }));
}
