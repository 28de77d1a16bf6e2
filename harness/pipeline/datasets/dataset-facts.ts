import type { Card, Group } from "../../datasets/card.ts";
import { listCards, requireCardOrGroup } from "../../datasets/find-card.ts";
import type { DatasetFacts } from "../../domain/dataset-facts.ts";

/** Facts of every card and group, by id. @param onWarning as `listCards` */
export async function listDatasets(
  cardFolders: readonly string[],
  onWarning: (text: string) => void,
): Promise<readonly DatasetFacts[]> {
  const cards = await listCards(cardFolders, onWarning);
  return cards.map((found) => factsOf(found.id, "group" in found ? found.group : found.card));
}

/**
 * Everything a card or group says, with defaults filled in.
 *
 * @throws {HarnessError} `UNKNOWN_DATASET`
 */
export async function showDataset(id: string, cardFolders: readonly string[]): Promise<Card | Group> {
  const found = await requireCardOrGroup(id, cardFolders);
  return "group" in found ? found.group : found.card;
}

function factsOf(id: string, card: Card | Group): DatasetFacts {
  const unknown = { documents: null, queries: null, judgements: null, source: null, pinned: null, licence: null };
  if ("members" in card) {
    return { id, kind: "group", ...unknown, members: card.members, summary: card.summary };
  }
  const { documents = null, queries = null, judgements = null } = card.counts;
  const counts = { documents, queries, judgements };
  return {
    ...{ id, kind: "dataset", ...counts, members: null, ...sourceFacts(card) },
    licence: card.licence ?? null,
    summary: card.summary,
  };
}

function sourceFacts({ source }: Card): Pick<DatasetFacts, "source" | "pinned"> {
  if (source === undefined) return { source: null, pinned: null };
  if ("zip" in source) return { source: source.zip.url, pinned: source.zip.sha256 !== undefined };
  const [first] = source.hub;
  return { source: first?.repository ?? null, pinned: source.hub.every(({ revision }) => revision !== "main") };
}
