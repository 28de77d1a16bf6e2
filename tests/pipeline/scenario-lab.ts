import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import { generateScenarios } from "../../harness/pipeline/generation/generate-scenarios.ts";
import type { BeirFiles } from "../datasets/beir-folder.ts";
import { type ChatStandIn, chatStandIn } from "../llm/chat-stand-in.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type Lab, openLab } from "./workspace.ts";

export const BREAD = "Yeast makes bread rise because gas stays in the dough.";

/** One document for everything that can become of an answer. */
export const EVERY_OUTCOME = {
  corpus: [
    { _id: "bread", title: "Bread", text: BREAD },
    { _id: "fence", text: "A document about wooden fences [fence] in gardens." },
    { _id: "refused", text: "A document [refusal] that a model refuses." },
    { _id: "prose", text: "A document [prose] that is answered without JSON." },
    { _id: "noise", text: "Home | About | Contact [noise]" },
    { _id: "cut", text: "A very long document [length] about rivers and lakes." },
    { _id: "again", title: "Bread", text: BREAD },
  ],
  queries: [{ _id: "q1", text: "why does yeast make bread rise" }],
  qrels: [["q1", "bread", 1]],
} as const satisfies BeirFiles;

/** Labs whose scenarios a chat server of the suite writes. */
export function scenarioLabs() {
  const server: ChatStandIn = chatStandIn();
  const folder = temporaryFolder();
  let made = 0;
  const lab = (dataset: BeirFiles = EVERY_OUTCOME, scenarios: readonly object[] = []) =>
    openLab(folder.path(`lab-${made++}`), { dataset, scenarios });

  async function generate({ folder: root, workspace }: Lab, more: object = {}, options: object = {}) {
    const client = { model: "writer", server: "stand-in", baseUrls: [server.baseUrl()] };
    const request = {
      dataset: "library",
      options: { client, ...options },
      to: `${root}/set.jsonl`,
      folder: root,
      retryFailed: false,
      allowMissing: false,
      estimateOnly: false,
      ...more,
    };
    return await generateScenarios(request, workspace, () => undefined);
  }

  return {
    server,
    lab,
    generate,
    /** What was asked since the last call. */
    asked: async () => (await server.log()).map(({ messages }) => messages?.[0]?.content ?? ""),
  };
}

/** Objects of a JSON Lines file, plain or gzip. */
export async function linesOf(path: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const bytes = await readFile(path);
  const text = (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}
