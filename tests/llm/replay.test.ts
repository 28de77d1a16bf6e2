import { writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { openReplayClient } from "../../harness/llm/replay.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
let made = 0;

async function recorded(...lines: readonly string[]): Promise<string> {
  const path = folder.path(`answers-${made++}.jsonl`);
  await writeFile(path, lines.map((line) => `${line}\n`).join(""));
  return path;
}

describe("openReplayClient", () => {
  it("answers by what a prompt is about and its sample, whatever the prompt says", async () => {
    const client = await openReplayClient(
      await recorded('{"_id": "q1", "texts": ["first", "second"]}', '{"_id": 7, "texts": ["seventh"], "by": "hand"}'),
    );
    const ask = async (about: string, sample?: number) =>
      client.complete({ messages: [{ role: "user", content: `${sample}` }], about, sample });
    expect(await ask("q1")).toEqual({ status: "answered", text: "first", finish: "recorded", model: "recorded" });
    expect(await ask("q1", 1)).toMatchObject({ text: "second" });
    expect(await ask("7", 0)).toMatchObject({ text: "seventh" });
  });

  it("fails the prompt for what is not there, null or blank, and never for good", async () => {
    const client = await openReplayClient(await recorded('{"_id": "q1", "texts": [null, " "]}'));
    for (const [about, sample] of [
      ["q1", 0],
      ["q1", 1],
      ["q1", 2],
      ["q2", 0],
    ] as const) {
      expect(await client.complete({ messages: [], about, sample })).toMatchObject({ status: "failed" });
    }
    expect(await client.complete({ messages: [] })).toMatchObject({ status: "failed" });
  });

  it("costs nothing, and is known by the bytes of its file alone", async () => {
    const line = '{"_id": "q1", "texts": ["a"]}';
    const [one, same, other] = await Promise.all(
      [line, line, line.replace('"a"', '"b"')].map(async (text) => openReplayClient(await recorded(text))),
    );
    expect(one?.priced).toBe(false);
    expect(one?.costOf({ promptTokens: 1, completionTokens: 1 })).toBeUndefined();
    expect(one?.identity).toEqual(same?.identity);
    expect(one?.identity).not.toEqual(other?.identity);
  });

  it.each([
    ['{"_id": "q1"}', "DATA_INVALID"],
    ['{"_id": "", "texts": ["a"]}', "DATA_INVALID"],
    ['{"_id": "q1", "texts": "a"}', "DATA_INVALID"],
    ['{"_id": "q1", "texts": [1]}', "DATA_INVALID"],
    ["no JSON", "DATA_INVALID"],
    ['{"_id": "good", "texts": ["a"]}', "DUPLICATE_ID"],
  ])("refuses the line %s", async (line, code) => {
    const path = await recorded('{"_id": "good", "texts": ["a"]}', line);
    await expect(openReplayClient(path)).rejects.toMatchObject({ code, where: `${path}:2` });
  });

  it("says when there is no file", async () => {
    await expect(openReplayClient(folder.path("nowhere.jsonl"))).rejects.toMatchObject({ code: "FILE_MISSING" });
  });
});
