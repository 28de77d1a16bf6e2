import { mkdir, readdir } from "node:fs/promises";
import { openAnswerFiles } from "../../harness/llm/answer-files.ts";
import { exportRequests } from "../../harness/llm/export-requests.ts";
import { importAnswers } from "../../harness/llm/import-answers.ts";
import { openRequestFolder } from "../../harness/llm/request-folder.ts";
import type { ChatStandIn } from "./chat-stand-in.ts";
import type { openedJournals } from "./opened-journals.ts";
import { userPrompts } from "./opened-journals.ts";
import { answersOf, type BatchRow, writeRows } from "./run-batch.ts";

type Bench = { readonly root: string; readonly server: ChatStandIn; readonly open: ReturnType<typeof openedJournals> };
type Choices = {
  readonly retryFailed?: boolean;
  readonly perFile?: number;
  readonly client?: object;
  readonly failureBudget?: number;
};

const usable = (text: string) => !text.startsWith("I have no idea");

/** A cache, with requests that are exported from it, and answers; every call is a process of its own. */
export function exportedBatch({ root, server, open }: Bench) {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  let folders = 0;
  async function job(texts: readonly string[], { client = {}, retryFailed }: Choices) {
    const options = server.options(client);
    const chat = server.client(client);
    const journal = await open({ root: `${root}/cache`, client: chat, onWarning: say });
    return { client: chat, journal, options, prompts: userPrompts(texts), usable, retryFailed, say };
  }
  async function read(path: string, texts: readonly string[], choices: Choices = {}) {
    const answers = await openAnswerFiles(path);
    const { failureBudget } = choices;
    const totals = await importAnswers({ ...(await job(texts, choices)), failureBudget }, answers);
    return { ...totals, ...answers.count() };
  }
  return {
    said,
    /** Writes the requests. */
    async exported(texts: readonly string[], choices: Choices = {}) {
      const path = `${root}/batch-${folders++}`;
      const requests = await openRequestFolder(path, choices.perFile);
      const totals = await exportRequests(await job(texts, choices), requests);
      const files = (await readdir(path).catch(() => [])).filter((name) => name.startsWith("requests")).sort();
      return { path, totals, files: files.map((name) => `${path}/${name}`) };
    },
    /** What a model makes of the requests. */
    async answered(files: readonly string[], served?: string) {
      const rows: BatchRow[] = [];
      for (const file of files) rows.push(...(await answersOf(file, server.baseUrl(), served)));
      return rows;
    },
    /** Takes answers, given as files of rows by name. */
    async imported(
      texts: readonly string[],
      files: Readonly<Record<string, readonly BatchRow[]>>,
      choices: Choices = {},
    ) {
      const path = `${root}/answers-${folders++}`;
      await mkdir(path, { recursive: true });
      for (const [name, rows] of Object.entries(files)) await writeRows(`${path}/${name}.jsonl`, rows);
      return await read(path, texts, choices);
    },
    read,
    async outcomes(texts: readonly string[], choices: Choices = {}) {
      const { journal, prompts } = await job(texts, choices);
      return await Promise.all(
        prompts.map(async (prompt) => {
          const { outcome, attempt } = (await journal.find(journal.keyOf(prompt))) ?? {};
          return outcome === undefined ? undefined : { ...outcome, attempt };
        }),
      );
    },
  };
}
