import { didYouMean } from "../component.ts";
import type { Card, Group } from "../datasets/card.ts";
import { findCard, findGroup, listCards } from "../datasets/find-card.ts";
import { HarnessError } from "../errors.ts";

/** What `datasets list` says of a card or a group; absent figures are not known. */
export type DatasetFacts = {
  readonly id: string;
  readonly kind: "dataset" | "group";
  readonly documents: number | null;
  readonly queries: number | null;
  readonly judgements: number | null;
  /** A group's members. */
  readonly members: readonly string[] | null;
  /** Where its files come from: a hub repository, a zip, or null for a folder. */
  readonly source: string | null;
  /** Whether that source is fixed: a commit, or an archive with a checksum. */
  readonly pinned: boolean | null;
  readonly licence: string | null;
  readonly summary: string;
};

/** Facts of every card and group, by id. */
export async function listDatasets(cardFolders: readonly string[]): Promise<readonly DatasetFacts[]> {
  const facts: DatasetFacts[] = [];
  for (const { name } of await listCards(cardFolders)) facts.push(factsOf(name, await openCard(name, cardFolders)));
  return facts;
}

/**
 * Everything a card or group says, with defaults filled in.
 *
 * @throws {HarnessError} `UNKNOWN_DATASET`
 */
export async function showDataset(id: string, cardFolders: readonly string[]): Promise<Card | Group> {
  return await openCard(id, cardFolders);
}

async function openCard(id: string, cardFolders: readonly string[]): Promise<Card | Group> {
  const found = (await findGroup(id, cardFolders)) ?? (await findCard(id, cardFolders))?.card;
  if (found !== undefined) return found;
  const known = (await listCards(cardFolders)).map(({ name }) => name);
  throw new HarnessError("UNKNOWN_DATASET", `expected a dataset with a card, got \`${id}\`.`, {
    hint: didYouMean(id, known) || "See `spikebench datasets list`.",
  });
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
