import { basename, dirname, isAbsolute, resolve } from "node:path";
import type { z } from "zod";
import { readQueryTexts } from "../../datasets/query-file.ts";
import type { Dataset } from "../../domain/dataset.ts";
import { queryId } from "../../domain/ids.ts";
import type { Query } from "../../domain/query.ts";
import type { EmbeddingCache } from "../../encode/embedding-cache.ts";
import { openEmbeddingCache } from "../../encode/shard-cache.ts";
import { HarnessError } from "../../errors.ts";
import { openIndexCache } from "../../retrieve/index-cache.ts";
import { createRetriever } from "../../retrieve/registry.ts";
import { hashFile } from "../../storage/content-hash.ts";
import { hubRecordFolder, indexFolder, vectorFolder } from "../../storage/layout.ts";
import { type ChosenQuestions, chooseQuestions } from "../../training/choose-questions.ts";
import type { SearchedBy } from "../../training/corpus-scores.ts";
import type { DataCard } from "../../training/data-card.ts";
import { type LeakageCheck, openLeakageCheck } from "../../training/leakage.ts";
import type { questionOptions } from "../../training/question-options.ts";
import type { trainingOptions } from "../../training/training-options.ts";
import { openDataset } from "../datasets/open-dataset.ts";
import { openEngines } from "../open-engines.ts";
import type { Workspace } from "../workspace.ts";
import { openEvaluationSets } from "./open-evaluation-sets.ts";

type Options = z.output<z.ZodObject<typeof questionOptions & typeof trainingOptions>>;

/** Questions to train on, the corpus that they are about, and what searches it. */
export type TrainingMaterial = ChosenQuestions & {
  readonly leakage: LeakageCheck;
  readonly searched: SearchedBy;
  readonly embeddings: EmbeddingCache;
  readonly sources: DataCard["sources"];
  /** Takes something over that is to be closed with the rest. */
  own(closable: Closable): void;
  /** Ends the engine's threads, and closes what was taken over. */
  close(): Promise<void>;
};

type Closable = { close(): Promise<void> };

/**
 * Opens what a declaration names: dataset, queries, evaluation sets, retriever. Nothing is encoded yet.
 *
 * @param file the declaration: its folder is what relative paths refer to
 * @throws {HarnessError} `DATA_INVALID` when none of the queries is judged; as `openDataset`, `openEvaluationSets` and the
 *   retriever's `open`
 */
export async function openTraining(file: string, options: Options, workspace: Workspace): Promise<TrainingMaterial> {
  const folder = dirname(file);
  const { qrels, queries, leakage: rules, seed, maxQueries, retriever: fragment } = options;
  const qrelsFile = qrels === undefined ? undefined : resolve(folder, qrels);
  const dataset = await openDataset(options.dataset, workspace, { qrelsFile });
  const leakage = openLeakageCheck(await openEvaluationSets(rules.against, folder, workspace), rules);
  const asked = queries === undefined ? dataset.queries : await readQueries(resolve(folder, queries), dataset);
  checkJudged(asked, dataset, { ...options, file });
  const chosen = await chooseQuestions(dataset, { queries: asked, leakage, seed, maxQueries });
  const { cache, hub, say, secret, signal, compute } = workspace;
  const embeddings = openEmbeddingCache({ folder: vectorFolder(cache), onWarning: say });
  const engines = openEngines(compute);
  const retriever = createRetriever(fragment, {
    ...{ embeddings, engine: engines.engine, folder, secret, say, signal },
    indexes: openIndexCache({ folder: indexFolder(cache), onWarning: say }),
    models: { hub, records: hubRecordFolder(cache) },
  });
  const owned: Closable[] = [{ close: engines.close }];
  async function close(): Promise<void> {
    for (const one of owned.toReversed()) await one.close();
  }
  try {
    const opened = await retriever.open({ ...dataset, asked: { queries: ["training"], scenarios: new Map() } });
    return {
      ...chosen,
      leakage,
      searched: { dataset, retriever, opened, signal },
      embeddings,
      sources: await sourcesOf(options, { folder, dataset }),
      own: (closable) => void owned.push(closable),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Judgements of a train split are of queries that the dataset's own may not be. */
function checkJudged(
  asked: readonly Query[],
  { id, qrels: judged }: Dataset,
  { qrels, queries, file }: Options & { readonly file: string },
): void {
  if (asked.some((query) => judged.has(query.id))) return;
  const of = queries === undefined ? `the queries of \`${id}\`` : `the queries in \`${queries}\``;
  const by = qrels === undefined ? "its judgements" : `\`${qrels}\``;
  throw new HarnessError("DATA_INVALID", `expected ${of} to be judged by ${by}, found none that is.`, {
    where: file,
    ...(queries === undefined && { hint: "Name the file with the texts of the judged queries by `queries`." }),
  });
}

/** Those that are judged, in the order of their file. */
async function readQueries(path: string, { qrels }: Dataset): Promise<readonly Query[]> {
  const { texts } = await readQueryTexts(path);
  return Array.from(texts, ([id, text]) => ({ id: queryId(id), text, excluded: [] })).filter(({ id }) => qrels.has(id));
}

async function sourcesOf(
  { qrels, queries, retriever }: Options,
  { folder, dataset }: { readonly folder: string; readonly dataset: Dataset },
): Promise<DataCard["sources"]> {
  const files = { judgements: qrels, queries };
  const named = Object.entries(files).flatMap(([role, path]) => (path === undefined ? [] : [{ role, path }]));
  return [
    { role: "documents", name: `${dataset.id} (${dataset.origin.join(", ")})`, sha256: dataset.corpus.contentHash },
    ...(await Promise.all(
      named.map(async ({ role, path }) => ({
        role,
        name: basename(path),
        sha256: await hashFile(resolve(folder, path)),
      })),
    )),
    { role: "retriever", name: JSON.stringify(retriever, withoutFolder), sha256: null },
  ];
}

/** Where a model lies on a machine says nothing of it; a name in a hub does. */
function withoutFolder(_: string, value: unknown): unknown {
  return typeof value === "string" && isAbsolute(value) ? basename(value) : value;
}
