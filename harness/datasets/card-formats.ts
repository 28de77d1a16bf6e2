import { didYouMean } from "../component.ts";
import { HarnessError } from "../errors.ts";
import type { Card } from "./card.ts";
import { createFormat } from "./registry.ts";
import type { DatasetFormat, FileListing } from "./types.ts";

/**
 * The format that reads one of a card's query sets.
 *
 * @throws {HarnessError} `SPEC_INVALID` when the card has no such set, or its options do not fit the format
 */
export function querySetFormat(id: string, card: Card, name: string): DatasetFormat {
  const known = Object.keys(card.querySets);
  const options = Object.hasOwn(card.querySets, name) ? card.querySets[name] : undefined;
  if (options !== undefined) return createFormat({ ...card.format, ...options });
  const declared = known.join(", ") || "none";
  throw new HarnessError("SPEC_INVALID", `expected a query set of \`${id}\` (${declared}), got \`${name}\`.`, {
    where: "matrix.queries",
    hint: didYouMean(name, known) || "Declare it in `queries` with a path, or in the dataset's card.",
  });
}

/** A card's format that also chooses the files of its query sets, for fetching them all at once. */
export function formatWithQuerySets(card: Card): DatasetFormat {
  const base = createFormat(card.format);
  const others = Object.values(card.querySets).map((options) => createFormat({ ...card.format, ...options }));
  return {
    ...base,
    async select(files) {
      const chosen = [...(await base.select(files))];
      for (const format of others) chosen.push(...(await selectIfThere(format, files)));
      return [...new Set(chosen)];
    },
  };
}

/** A source may lack a query set that its card names; a run that wants the set then says so. */
async function selectIfThere(format: DatasetFormat, files: FileListing): Promise<readonly string[]> {
  try {
    return await format.select(files);
  } catch (error) {
    if (error instanceof HarnessError && error.code === "FILE_MISSING") return [];
    throw error;
  }
}
