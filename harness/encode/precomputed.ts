import { HarnessError } from "../errors.ts";
import { loadOnce } from "../runtime/load-once.ts";
import { precomputedOptions } from "./precomputed-options.ts";
import { defineEncoder, PLAIN_FORMS } from "./types.ts";
import { loadVectorRole, type OpenedRole, openVectorRole, planVectorRoles } from "./vector-role.ts";

/** Part of the identity: raise it when anything in here changes a vector. */
const VERSION = 1;
const BATCH_SIZE = 1024;

/**
 * Vectors that were made elsewhere, from files. They go by id, not by text: a retriever has the vectors of one query set and
 * of one scenario set, and a run that asks it for more is refused, as their ids are the same.
 *
 * A file is hashed when it is opened, and read from end to end and checked before the first vector is given; after that
 * vectors come from the cache, which holds copies. Rows are brought to norm 1 in double. Memory holds ids, never all vectors.
 * A file in the dataset's order is then read once more; one in another order once for each 256 MiB of vectors, unless its
 * format can be read out of order (.npy).
 */
export const precomputed = defineEncoder({
  kind: "precomputed",
  summary: "Vectors made elsewhere, by id: .npy, parquet, Arrow, JSON Lines or FAISS indices; no model.",
  source: "the formats' own: numpy.lib.format, parquet.apache.org, arrow.apache.org, jsonlines.org",
  options: precomputedOptions,
  create: (options, services) => ({
    async open(dataset) {
      const roles: OpenedRole[] = [];
      for (const planned of planVectorRoles(options, dataset, services.folder))
        roles.push(await openVectorRole(planned));
      const loads = new Map(
        roles.map((opened) => [
          opened.role,
          loadOnce(() => loadVectorRole(opened, { normalize: options.normalize, ...services })),
        ]),
      );
      return {
        identity: { kind: "precomputed", version: VERSION, model: options.model ?? null, normalize: options.normalize },
        forms: {
          ...PLAIN_FORMS,
          ...Object.fromEntries(roles.map(({ role, hash }) => [role, { template: "{text}", vectors: hash }])),
        },
        reads: "id",
        dim: commonDimension(roles),
        batchSize: BATCH_SIZE,
        async encode(ids, role) {
          const load = loads.get(role);
          if (load === undefined) throw new Error(`expected a role of ${[...loads.keys()].join(", ")}, got ${role}`);
          return { vectors: await (await load()).vectors(ids), truncated: [] };
        },
      };
    },
  }),
});

function commonDimension(roles: readonly OpenedRole[]): number {
  const [first] = roles;
  const other = roles.find(({ file }) => file.dim !== first?.file.dim);
  if (first !== undefined && other === undefined) return first.file.dim;
  throw new HarnessError(
    "DIMENSION_MISMATCH",
    `expected vectors of ${first?.file.dim} dimensions, as those of the ${first?.role} role have, found ${other?.file.dim}.`,
    { where: other?.path, hint: "All roles must be vectors of the same model." },
  );
}
