import type { CacheCheck, CachedEncoder, CacheUsage, MovedVectors, PruneReport } from "../domain/cache-facts.ts";
import { countText, oneLine, plural } from "./figure-text.ts";
import { renderTable } from "./terminal-table.ts";

/** Characters of an id that are shown: enough to tell encoders apart and to name them in a command. */
const ID_CHARACTERS = 12;
const MODEL_CHARACTERS = 48;

/** Sizes are written by whoever knows how: `formatBytes`. */
type SizeText = (bytes: number) => string;

/** Encoders and what they are, for a terminal. */
export async function renderEncoders(encoders: readonly CachedEncoder[], size: SizeText): Promise<string> {
  if (encoders.length === 0) return "The cache has no vectors.";
  const table = await renderTable(
    ["id", "kind", "model", "dim", "precision", "vectors", "shards", "size", "last used (UTC)"],
    encoders.map((one) => [
      shortId(one),
      ...namesOf(one),
      one.dim === null ? "?" : String(one.dim),
      one.precision ?? "?",
      countText(one.vectors),
      shardText(one),
      size(one.bytes),
      one.lastUsed === null ? "-" : one.lastUsed.slice(0, "2026-01-01T00:00".length).replace("T", " "),
    ]),
    { align: ["left", "left", "left", "right", "left", "right", "right", "right", "left"] },
  );
  const identities = encoders.map((one) => `${shortId(one)}: ${identityText(one)}`);
  return [table, "Identities:", ...identities].join("\n");
}

/** What the cache takes on disk, for a terminal. */
export async function renderUsage({ folder, encoders, others, total }: CacheUsage, size: SizeText): Promise<string> {
  return await renderTable(
    ["what", "", "size"],
    [
      ...encoders.map((one) => [shortId(one), namesOf(one).join(" ").replace(/ -$/, ""), size(one.bytes)]),
      ...others.map(({ name, bytes }) => [oneLine(name), "", size(bytes)]),
      ["total", folder, size(total)],
    ],
    { align: ["left", "left", "right"] },
  );
}

/** What reading every byte brought up, for a terminal. */
export function renderCacheCheck({ files, bytes, vectors, broken, foreign }: CacheCheck, size: SizeText): string {
  const lines = broken.map(
    ({ path, why, removed }) => `${oneLine(path)}: ${oneLine(why)}${removed ? "; removed" : ""}.`,
  );
  const others = foreign.map((path) => `${oneLine(path)}: not a file of the cache; left alone.`);
  const verdict = broken.length === 0 ? "nothing is broken" : `${plural(broken.length, "file")} broken`;
  const read = `${plural(files, "file")} of vectors, ${size(bytes)}, read`;
  return [...lines, ...others, `${read}: ${plural(vectors, "sound vector")}; ${verdict}.`].join("\n");
}

/** What was removed, for a terminal. */
export function renderPruned({ dryRun, encoders, leftovers, ...sizes }: PruneReport, size: SizeText): string {
  const verb = dryRun ? "would be removed" : "removed";
  const lines = encoders.map(
    (one) =>
      `${shortId(one)}: ${plural(one.files, "file")}, ${size(one.bytes)}, ${verb}${one.whole ? ": all of it" : ""}.`,
  );
  const unfinished = `${plural(leftovers.files, "unfinished file")}, ${size(leftovers.bytes)}, ${verb}.`;
  const freed = `${size(sizes.freedBytes)} ${dryRun ? "would be freed" : "freed"}; ${size(sizes.leftBytes)} of vectors stay.`;
  return [...lines, ...(leftovers.files === 0 ? [] : [unfinished]), freed].join("\n");
}

/** What was copied, for a terminal. */
export function renderMoved({ encoders, files, bytes, present, refused }: MovedVectors, size: SizeText): string {
  const lines = refused.map(({ path, why }) => `${oneLine(path)}: ${oneLine(why)}; not copied.`);
  const copied = `${plural(encoders, "encoder")}: ${plural(files, "file")}, ${size(bytes)}, copied; ${present} there already.`;
  return [...lines, copied].join("\n");
}

function shortId({ id }: { readonly id: string }): string {
  return id.slice(0, ID_CHARACTERS);
}

function namesOf({ kind, model }: Pick<CachedEncoder, "kind" | "model">): readonly [string, string] {
  const name = oneLine(model ?? "-");
  return [oneLine(kind ?? "?"), name.length > MODEL_CHARACTERS ? `${name.slice(0, MODEL_CHARACTERS - 1)}…` : name];
}

function shardText({ shards, unreadable }: CachedEncoder): string {
  const journal = shards.journal === 0 ? "" : ` + ${countText(shards.journal)} open`;
  return `${countText(shards.sealed)}${journal}${unreadable === 0 ? "" : ` (${unreadable} unreadable)`}`;
}

function identityText({ identity }: CachedEncoder): string {
  return identity === null ? "its record is missing or damaged" : oneLine(JSON.stringify(identity));
}
