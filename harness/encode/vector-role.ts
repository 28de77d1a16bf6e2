import { resolve } from "node:path";
import type { SearchedCorpus } from "../domain/dataset.ts";
import { HarnessError } from "../errors.ts";
import { createTextHash, hashFile, hashJson } from "../storage/content-hash.ts";
import { fileStamp } from "../storage/file-stamp.ts";
import type { PrecomputedOptions, VectorOptions } from "./precomputed-options.ts";
import { readRowIds } from "./row-ids.ts";
import type { EncoderServices, TextRole } from "./types.ts";
import type { VectorFile } from "./vector-file.ts";
import { formatOf, vectorFormats } from "./vector-formats.ts";
import { openVectorSource, type VectorSource } from "./vector-source.ts";

/** The files of a role's vectors, before anything is read. */
type PlannedRole = {
  readonly role: TextRole;
  readonly options: VectorOptions;
  readonly path: string;
  /** Of the file with the ids of the rows. */
  readonly idsPath: string | undefined;
  /** The ids that the data has, in its order. */
  ids(): Promise<readonly string[]>;
};

export type OpenedRole = PlannedRole & {
  readonly file: VectorFile;
  /** Of everything that decides which vector an id has. */
  readonly hash: string;
  readonly stamps: readonly string[];
};

/**
 * The roles that a run asks for vectors in, with their paths filled in.
 *
 * @throws {HarnessError} `SPEC_INVALID` when it asks for several query or scenario sets, or for scenarios without a file
 */
export function planVectorRoles(
  options: PrecomputedOptions,
  dataset: SearchedCorpus,
  folder: string,
): readonly PlannedRole[] {
  const where = `encoder \`precomputed\` on dataset \`${dataset.id}\``;
  const { asked, docIds } = dataset;
  function plan(role: TextRole, own: VectorOptions, names: Names, ids: PlannedRole["ids"]): PlannedRole {
    const locate = (path: string) => resolve(folder, fill(path, { dataset: dataset.id, ...names }));
    const idsPath = own.ids === undefined ? undefined : locate(own.ids);
    return { role, options: own, path: locate(own.path), idsPath, ids };
  }
  const queries = onlySet("query", asked.queries, where);
  const scenarios = onlySet("scenario", [...asked.scenarios.keys()], where);
  const roles = [
    plan("document", options.document, {}, () => Promise.resolve(docIds)),
    plan("query", options.query, { queries }, () => Promise.resolve(dataset.queries.map(({ id }) => id))),
  ];
  const views = scenarios === undefined ? undefined : asked.scenarios.get(scenarios);
  if (views === undefined) return roles;
  if (options.scenario === undefined) {
    throw new HarnessError("SPEC_INVALID", `expected \`scenario\`, as the run has scenarios \`${scenarios}\`.`, {
      where,
    });
  }
  const ids = async () => {
    const all: string[] = [];
    for await (const { id } of views.views()) all.push(id);
    return all;
  };
  return [...roles, plan("scenario", options.scenario, { scenarios }, ids)];
}

type Names = Readonly<Record<string, string | undefined>>;

function fill(path: string, names: Names): string {
  return path.replaceAll(/\{(dataset|queries|scenarios)\}/g, (place, name: string) => names[name] ?? place);
}

function onlySet(kind: "query" | "scenario", names: readonly string[], where: string): string | undefined {
  if (names.length < 2) return names[0];
  throw new HarnessError(
    "SPEC_INVALID",
    `expected one ${kind} set, as vectors go by id and those of all sets are the same, got ${names.join(", ")}.`,
    { where, hint: `Declare a retriever for each set, and leave the other pairs out by \`exclude\`.` },
  );
}

/**
 * Finds out the dimension of a role's vectors, and hashes their files.
 *
 * @throws {HarnessError} as the file's reader
 */
export async function openVectorRole(planned: PlannedRole): Promise<OpenedRole> {
  const { path, idsPath, options, ids } = planned;
  const stamps = await stampsOf(planned);
  const format = options.format ?? formatOf(path);
  if (format === undefined) throw new Error(`expected a format for ${path}`);
  const isLabelled = idsPath !== undefined || options.order !== undefined;
  const { vectorField, idsOf = null } = options;
  const idField = isLabelled ? undefined : options.idField;
  const file = await vectorFormats[format].open(path, { idField, vectorField });
  const hash = hashJson({
    file: await hashFile(path),
    format,
    ids: idsPath === undefined ? null : await hashFile(idsPath),
    order: options.order === undefined ? null : hashTexts(await ids()),
    idField: idField ?? null,
    vectorField,
    idsOf,
  });
  return { ...planned, file, hash, stamps };
}

/**
 * Checks a role's vectors against the data.
 *
 * @throws {HarnessError} as `openVectorSource`; `DATA_INVALID` when a file was written to since it was hashed
 */
export async function loadVectorRole(
  opened: OpenedRole,
  { normalize, say, signal }: Pick<EncoderServices, "say" | "signal"> & { readonly normalize: boolean },
): Promise<VectorSource> {
  const { path, idsPath, options, file } = opened;
  const expected = await opened.ids();
  const source = await openVectorSource({
    file,
    where: path,
    labels: idsPath !== undefined ? await readRowIds(idsPath) : options.order !== undefined ? expected : undefined,
    expected,
    isByDocument: options.idsOf === "document",
    normalize,
    signal,
    onNote: (note) => say?.(`${path}: ${note}.`),
  });
  await requireUnchanged(opened);
  return {
    async vectors(ids) {
      const vectors = await source.vectors(ids);
      await requireUnchanged(opened);
      return vectors;
    },
  };
}

async function stampsOf({ path, idsPath }: PlannedRole): Promise<readonly string[]> {
  const paths = idsPath === undefined ? [path] : [path, idsPath];
  return await Promise.all(paths.map(fileStamp));
}

async function requireUnchanged(opened: OpenedRole): Promise<void> {
  const stamps = await stampsOf(opened);
  if (stamps.every((stamp, index) => stamp === opened.stamps[index])) return;
  throw new HarnessError("DATA_INVALID", "expected the file to stay as it is, found it written to.", {
    where: opened.path,
    hint: "Run again.",
  });
}

function hashTexts(texts: readonly string[]): string {
  const hash = createTextHash();
  hash.add(...texts);
  return hash.digest();
}
