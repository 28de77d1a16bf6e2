import { access, stat } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { taskLayout } from "../../harness/storage/layout.ts";
import {
  addSubmission,
  countAttempts,
  endAttempts,
  readDone,
  readError,
  readSubmissions,
  removeSubmission,
  writeDone,
  writeError,
} from "../../harness/tasks/task-records.ts";
import { readSecrets, writeSecrets } from "../../harness/tasks/task-secrets.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const folder = temporaryFolder();
const layoutOf = (name: string) => taskLayout(folder.path(name));

describe("attempts", () => {
  it("are none before tasks were handed over", async () => {
    expect(await countAttempts(layoutOf("none"))).toEqual(new Map());
  });

  it("are counted by task, also when two hand tasks over at once", async () => {
    const layout = layoutOf("two");
    await Promise.all([addSubmission(layout, [0, 1, 2]), addSubmission(layout, [1])]);
    await addSubmission(layout, [1, 2]);
    expect(await countAttempts(layout)).toEqual(
      new Map([
        [0, 1],
        [1, 3],
        [2, 2],
      ]),
    );
  });

  it("are taken back for what was not handed over after all", async () => {
    const layout = layoutOf("back");
    await addSubmission(layout, [0]);
    await removeSubmission(layout, await addSubmission(layout, [0]));
    expect(await countAttempts(layout)).toEqual(new Map([[0, 1]]));
  });

  it("end, and what was done stays", async () => {
    const layout = layoutOf("end");
    await addSubmission(layout, [0]);
    await writeDone(layout, 0, { encoded: 3, encoding: [] });
    await endAttempts(layout);
    expect(await readSubmissions(layout)).toEqual([]);
    expect(await readDone(layout, 0)).toEqual({ encoded: 3, encoding: [] });
  });
});

describe("what a task leaves", () => {
  it("is read as it was written", async () => {
    const layout = layoutOf("left");
    const error = { error: "DATA_INVALID: no.", cells: { a: "DATA_INVALID: no." } };
    await writeError(layout, 4, error);
    expect(await readError(layout, 4)).toEqual(error);
    expect(await readError(layout, 5)).toBeUndefined();
    expect(await readDone(layout, 4)).toBeUndefined();
  });
});

describe("keys of servers", () => {
  it("lie in a file for their owner alone", async () => {
    const layout = layoutOf("keys");
    await writeSecrets(layout, new Map([["MY_KEY", "s3cret"]]));
    const { mode } = await stat(layout.secrets);
    expect(mode & 0o777).toBe(0o600);
    expect(await readSecrets(layout.manifest)).toEqual(new Map([["MY_KEY", "s3cret"]]));
  });

  it("leave no file where there are none, and none after the end", async () => {
    const layout = layoutOf("no-keys");
    await writeSecrets(layout, new Map());
    await expect(access(layout.secrets)).rejects.toMatchObject({ code: "ENOENT" });
    await writeSecrets(layout, new Map([["A", "b"]]));
    await endAttempts(layout);
    expect(await readSecrets(layout.manifest)).toEqual(new Map());
  });
});
