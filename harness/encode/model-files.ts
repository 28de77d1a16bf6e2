import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { HarnessError } from "../errors.ts";
import { type HubRepository, openRepository } from "../remote/hub-repository.ts";
import { hashFile, hashJson, type Json } from "../storage/content-hash.ts";
import type { EncoderServices } from "./types.ts";

/** The ends of file names that stand for the numbers in an ONNX file. Source: transformers.js, DEFAULT_DTYPE_SUFFIX_MAPPING. */
const SUFFIXES = { fp32: "", fp16: "_fp16", q8: "_quantized" } as const;

export type Dtype = keyof typeof SUFFIXES;

export const DTYPES = ["fp32", "fp16", "q8"] as const satisfies readonly Dtype[];

const REQUIRED = ["config.json", "tokenizer.json"] as const;
/** The latter two are of sentence-transformers and tell how to pool and how much to read. */
const OPTIONAL = ["tokenizer_config.json", "1_Pooling/config.json", "sentence_bert_config.json"];

/** A model on disk. */
export type LocatedModel = {
  readonly folder: string;
  /** Changes with every byte that is read of the model. */
  readonly identity: Json;
  /** Of a repository of the hub: what its revision names here. */
  readonly commit: string | undefined;
};

export type ModelChoice = {
  readonly model: string;
  readonly revision?: string | undefined;
  readonly dtype: Dtype;
  /** The repository with ONNX files, where the model's own has none. */
  readonly onnx?: string | undefined;
};

/**
 * Finds a model: a folder, relative to that of the run file, or a repository of the hub that was fetched. Asks the network
 * for nothing.
 *
 * @throws {HarnessError} `FILE_MISSING` for a folder without the model; `NOT_FETCHED`, with the command that fetches it;
 *   `CHECKSUM_MISMATCH`; `SPEC_INVALID` for a revision of a folder
 */
export async function locateModel(choice: ModelChoice, services: EncoderServices): Promise<LocatedModel> {
  const { model, revision } = choice;
  const folder = resolve(services.folder, model);
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true && services.models !== undefined && isHubId(model)) {
    return await locateFetched(choice, services.models, services.signal);
  }
  if (revision !== undefined) {
    throw new HarnessError("SPEC_INVALID", "`revision` is that of a repository of the hub; this model is a folder.", {
      where: folder,
    });
  }
  return await locateFolder(folder, choice.dtype);
}

/** `owner/name`, as the hub calls repositories; a path when it starts as one. */
export function isHubId(model: string): boolean {
  return /^(?!\.+\/)[\w.-]+\/(?!\.+$)[\w.-]+$/.test(model);
}

async function locateFolder(folder: string, dtype: Dtype): Promise<LocatedModel> {
  const files = await modelFiles(folder, dtype);
  const hashes = await Promise.all(files.map(async (path) => [path, await hashFile(join(folder, path))] as const));
  return { folder, identity: { files: hashJson(hashes) }, commit: undefined };
}

/** Paths of a folder are looked at one by one: what else lies in it is none of our business. */
async function modelFiles(folder: string, dtype: Dtype): Promise<readonly string[]> {
  const onnx = Object.values(SUFFIXES).flatMap((suffix) => {
    const file = `onnx/model${suffix}.onnx`;
    return [file, ...externalData(file)];
  });
  const present: string[] = [];
  for (const path of [...REQUIRED, ...OPTIONAL, ...onnx]) {
    const found = await stat(join(folder, path)).catch(() => undefined);
    if (found?.isFile() === true) present.push(path);
  }
  return chooseModelFiles(present, { dtype, where: folder });
}

async function locateFetched(
  { model, revision = "main", dtype, onnx = model }: ModelChoice,
  access: NonNullable<EncoderServices["models"]>,
  signal: AbortSignal | undefined,
): Promise<LocatedModel> {
  const remedy = `Run \`spikebench models fetch ${fetchArguments({ model: onnx, revision, dtype })}\`.`;
  const asked = { kind: "models", repository: onnx, revision } as const;
  const repository = await openRepository(asked, { ...access, mode: "cached", remedy, signal });
  const meter = { add: () => undefined, skip: () => undefined };
  for (const file of chooseFrom(repository, dtype)) await repository.obtain(file, meter);
  return {
    folder: resolve(repository.absolute(REQUIRED[0]), ".."),
    identity: { repository: onnx, commit: repository.commit },
    commit: repository.commit,
  };
}

function fetchArguments({ model, revision, dtype }: Required<Omit<ModelChoice, "onnx">>): string {
  const flags = [
    ...(revision === "main" || revision === undefined ? [] : [`--revision ${revision}`]),
    ...(dtype === "fp32" ? [] : [`--dtype ${dtype}`]),
  ];
  return [model, ...flags].join(" ");
}

/** The files of a repository that are needed. @throws as `chooseModelFiles` */
export function chooseFrom({ repository, commit, files }: HubRepository, dtype: Dtype): HubRepository["files"] {
  const where = `${repository}@${commit.slice(0, 10)}`;
  const paths = files.map(({ path }) => path);
  const chosen = new Set(chooseModelFiles(paths, { dtype, where }));
  return files.filter(({ path }) => chosen.has(path));
}

/**
 * What a model needs of all that there is: its configuration, its tokenizer and one ONNX file, with the data beside it.
 *
 * @throws {HarnessError} `FILE_MISSING`
 */
function chooseModelFiles(
  paths: readonly string[],
  { dtype, where }: { readonly dtype: Dtype; readonly where: string },
): readonly string[] {
  const onnx = `onnx/model${SUFFIXES[dtype]}.onnx`;
  for (const path of [...REQUIRED, onnx]) {
    if (paths.includes(path)) continue;
    const others = DTYPES.filter((other) => paths.includes(`onnx/model${SUFFIXES[other]}.onnx`));
    const hint = others.length === 0 ? "ONNX files of the model may be in another repository." : undefined;
    throw new HarnessError("FILE_MISSING", `expected \`${path}\`, found no such file.`, {
      where,
      hint: path !== onnx ? undefined : (hint ?? `There are files for \`dtype: ${others.join(" | ")}\`.`),
    });
  }
  const data = externalData(onnx);
  return paths.filter((path) => [...REQUIRED, ...OPTIONAL, onnx, ...data].includes(path)).toSorted();
}

/** Names under which exporters put weights beside an ONNX file, which holds 2 GB at most. */
function externalData(onnx: string): readonly string[] {
  const more = Array.from({ length: 99 }, (_, part) => `${onnx}_data_${part + 1}`);
  return [`${onnx}_data`, `${onnx}.data`, ...more];
}
