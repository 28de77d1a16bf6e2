import { z } from "zod";
import { HarnessError } from "../errors.ts";
import { hashFile } from "../storage/content-hash.ts";
import { readJsonLines } from "../storage/jsonl.ts";
import type { ChatClient, Outcome, Prompt } from "./types.ts";

/** Part of the identity: raise it when the same file gives other answers. */
const VERSION = 1;

/** Options of answers that were written down before, as a zod shape. */
export const replayOptions = {
  kind: z.literal("replay"),
  path: z
    .string()
    .min(1)
    .describe(
      "Recorded answers instead of a server, JSON Lines {_id, texts: [one a sample]}, null for none; `{dataset}` is the id.",
    ),
};

const recording = z.object({
  _id: z.union([z.string().min(1), z.int()]).transform(String),
  texts: z.array(z.string().nullable()),
});

/**
 * A model whose answers are in a file: the answer to a prompt is that of its sample under the id of what it is about, whatever
 * the prompt says. Nothing is asked, sent or paid. What is not in the file is a failure of the prompt.
 *
 * @throws {HarnessError} `FILE_MISSING`, `FILE_UNREADABLE`; `DATA_INVALID`, `DUPLICATE_ID` with the line
 */
export async function openReplayClient(path: string): Promise<ChatClient> {
  const answers = await readRecordedTexts(path);
  return {
    identity: { kind: "replay", version: VERSION, sha256: await hashFile(path) },
    priced: false,
    costOf: () => undefined,
    complete: ({ about, sample = 0 }: Prompt) => Promise.resolve(answerOf(answers.get(about ?? "")?.[sample])),
  };
}

function answerOf(text: string | null | undefined): Outcome {
  if (text === undefined) return { status: "failed", why: "the file of recorded answers has none" };
  if (text === null) return { status: "failed", why: "recorded as without an answer" };
  if (text.trim() === "") return { status: "failed", why: "the recorded answer is empty" };
  return { status: "answered", text, finish: "recorded", model: "recorded" };
}

/**
 * The recorded texts of a file by what they are about, in their order; null where one is missing.
 *
 * @throws {HarnessError} as `openReplayClient`
 */
export async function readRecordedTexts(path: string): Promise<ReadonlyMap<string, readonly (string | null)[]>> {
  const answers = new Map<string, readonly (string | null)[]>();
  for await (const batch of readJsonLines(path)) {
    for (const { line, value } of batch) {
      const where = `${path}:${line}`;
      const { data } = recording.safeParse(value);
      if (data === undefined) {
        throw new HarnessError("DATA_INVALID", "expected {_id: an id, texts: a list of texts or null}.", { where });
      }
      if (answers.has(data._id)) {
        throw new HarnessError("DUPLICATE_ID", `\`${data._id}\` stands in the file twice.`, { where });
      }
      answers.set(data._id, data.texts);
    }
  }
  return answers;
}
