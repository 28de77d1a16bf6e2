import { HarnessError } from "../errors.ts";
import { type FaissCursor, stepOverGraph, walkFaissFile } from "./faiss-cursor.ts";

/** How thoroughly an index is built and searched; FAISS keeps these numbers in the index. */
export type FaissParameters = {
  /** HNSW: how many candidates a new vector's neighbours are chosen from. Only vectors added later feel it. */
  readonly efConstruction?: number | undefined;
  /** HNSW: how many candidates a search keeps; FAISS keeps at least as many as hits are asked for. */
  readonly efSearch?: number | undefined;
  /** IVF: how many lists a search looks into. */
  readonly nprobe?: number | undefined;
};

type Place = { readonly at: number; readonly bytes: 4 | 8 };

/**
 * Changes parameters within an index file. A binding that has no setters for them finds them set when it reads the file.
 *
 * @throws {HarnessError} `SPEC_INVALID` for a parameter that an index of this kind does not have; `DATA_INVALID`
 * Source: FAISS 1.7.3 to 1.15.1, faiss/impl/index_write.cpp
 */
export async function setFaissParameters(path: string, parameters: FaissParameters): Promise<void> {
  await walkFaissFile(
    path,
    async (cursor, handle) => {
      const places = await findPlaces(cursor);
      for (const [name, value] of Object.entries(parameters)) {
        if (value === undefined) continue;
        const place = places.get(name);
        if (place === undefined) throw unknownParameter(name, [...places.keys()]);
        const bytes = Buffer.alloc(place.bytes);
        bytes.writeUInt32LE(value); // the upper half of eight bytes stays 0
        await handle.write(bytes, 0, place.bytes, place.at);
      }
    },
    "r+",
  );
}

async function findPlaces(cursor: FaissCursor): Promise<ReadonlyMap<string, Place>> {
  const kind = await cursor.kind();
  await cursor.header();
  if (/^I[vw]/.test(kind)) {
    await cursor.int64(); // number of lists
    return new Map([["nprobe", { at: cursor.position(), bytes: 8 }]]);
  }
  if (!kind.startsWith("IHN")) return new Map();
  const at = await stepOverGraph(cursor);
  return new Map([
    ["efConstruction", { at, bytes: 4 }],
    ["efSearch", { at: at + 4, bytes: 4 }],
  ]);
}

function unknownParameter(name: string, known: readonly string[]): HarnessError {
  const found = known.length === 0 ? "has no parameters" : `has ${known.map((one) => `\`${one}\``).join(" and ")}`;
  return new HarnessError("SPEC_INVALID", `\`${name}\` is no parameter of this index, which ${found}.`, {
    where: "engine `faiss`",
    hint: "HNSW takes `efConstruction` and `efSearch`, IVF takes `nprobe`.",
  });
}
