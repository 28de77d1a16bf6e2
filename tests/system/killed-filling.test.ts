import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { watch } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { spikebench } from "../cli/spikebench.ts";
import { type OpenaiProcess, type Rule, startOpenaiServer } from "../encode/openai-process.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import {
  askedFor,
  BATCH_TEXTS,
  durableTexts,
  finalFiles,
  openServedLab,
  RUN,
  runServed,
  servedTexts,
  vectorsOf,
} from "./served-lab.ts";

const SEED = 20_260_501;
const KILLS = 30;
/** Of each kind whole batches, and of documents more than are put together in one shard. */
const TEXTS = servedTexts({ documents: 78 * BATCH_TEXTS, scenarios: 10 * BATCH_TEXTS, queries: BATCH_TEXTS });
const COUNT = (78 + 10 + 1) * BATCH_TEXTS;
/** Of every answer. */
const SLOW = { delay: 20 };

const folder = temporaryFolder();
const storedTexts = await durableTexts(TEXTS);
let server: OpenaiProcess;
beforeAll(async () => {
  server = await startOpenaiServer();
});
afterAll(() => server.release());

/** Uniform in [0, 1), fixed by the seed and the two numbers. */
function chance(kill: number, use: number): number {
  return createHash("sha256").update(`${SEED} ${kill} ${use}`).digest().readUInt32LE() / 2 ** 32;
}

/** What the worker is hit at. All but the first wait until it has come so far in its work. */
const PHASES = [
  "while it starts",
  "a moment later",
  "as a temporary file comes or goes",
  "as a shard comes or goes",
  "once the disk has caught up",
  "at once",
] as const;

type Strike = { readonly phase: (typeof PHASES)[number]; readonly milliseconds: number; readonly atText: number };

/** Waits until a file of that name comes or goes. */
async function fileEvent(path: string, name: RegExp, ended: Promise<void>): Promise<void> {
  const watcher = watch(path);
  const seen = new Promise<void>((done) => {
    watcher.on("change", (_, file) => name.test(String(file)) && done());
  });
  await Promise.race([seen, ended]);
  watcher.close();
}

/** What the server is asked for, life by life. */
function watchRequests() {
  const asked = new Set<string>();
  let [total, requests] = [0, 0];
  let current: string[] = [];
  return {
    asked,
    /** Texts of this life. */
    current: () => current,
    counts: () => ({ total, requests }),
    /** Takes in what was asked for since, and changes what the server does. */
    async look(always: Rule): Promise<void> {
      const log = await server.tell({ always });
      current.push(...askedFor(log));
      for (const text of askedFor(log)) asked.add(text);
      total += askedFor(log).length;
      requests += log.length;
    },
    /** @returns the texts of the life that is over */
    nextLife(): readonly string[] {
      const texts = current;
      current = [];
      return texts;
    },
  };
}

describe("a cache that fills while its process is killed again and again", () => {
  it(`is after ${KILLS} kills what it would have been without, and no stored text is asked for again`, async () => {
    const whole = await openServedLab(folder.path("whole"), TEXTS, { port: server.ports[0] });
    expect(await runServed(whole)).toMatchObject({ code: 0 });
    const all = [...TEXTS.documents, ...TEXTS.scenarios, ...TEXTS.queries];
    expect(askedFor(await server.tell({ always: SLOW })).toSorted()).toEqual(all.toSorted());
    const expected = await finalFiles(whole);

    const lab = await openServedLab(folder.path("killed"), TEXTS, { port: server.ports[0] });
    const vectors = join(lab.folder, "cache", "vectors", basename(await vectorsOf(whole)));
    await mkdir(vectors, { recursive: true });
    const requests = watchRequests();
    let stored: ReadonlySet<string> = new Set();
    let askedAgain = 0;

    /** No answer is complete from now on. Those that were are stored before the next batch is answered, which never is. */
    async function diskCatchesUp(child: ChildProcess): Promise<void> {
      const stalled = { ...SLOW, stall: true };
      await requests.look(stalled);
      const answered = requests.current().length;
      while (child.exitCode === null) {
        await requests.look(stalled);
        const found = await storedTexts(vectors);
        const texts = requests.current();
        if (texts.length > answered && texts.filter((text) => !found.has(text)).length <= BATCH_TEXTS) return;
        await sleep(20);
      }
    }

    async function strike(child: ChildProcess, { phase, milliseconds, atText }: Strike): Promise<void> {
      const ended = new Promise<void>((done) => void child.once("exit", () => done()));
      if (phase !== "while it starts") await Promise.race([server.reached(atText), ended]);
      if (phase === "as a temporary file comes or goes") await fileEvent(vectors, /\.tmp$/, ended);
      else if (phase === "as a shard comes or goes") await fileEvent(vectors, /\.arrow$/, ended);
      else if (phase === "once the disk has caught up") await diskCatchesUp(child);
      else if (phase !== "at once") await Promise.race([sleep(milliseconds), ended]);
      child.kill("SIGKILL");
    }

    /** @returns how many texts the life that is over has asked for in vain */
    async function account(): Promise<number> {
      await requests.look(SLOW);
      const texts = requests.nextLife();
      askedAgain += texts.filter((text) => stored.has(text)).length;
      stored = await storedTexts(vectors);
      return texts.filter((text) => !stored.has(text)).length;
    }

    const lives: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const phase = PHASES[kill % PHASES.length] ?? "at once";
      const moment = Math.round(((kill + chance(kill, 0)) / (KILLS + 3)) * COUNT);
      const atText = COUNT + requests.counts().total + Math.max(1, moment - stored.size);
      const milliseconds = Math.floor(chance(kill, 1) * (phase === "while it starts" ? 600 : 40));
      const watch = (child: ChildProcess) => void strike(child, { phase, milliseconds, atText });
      const ended = await spikebench(RUN, { cwd: lab.folder, watch });
      expect(ended, `kill ${kill + 1}, ${phase}`).toMatchObject({ code: null, signal: "SIGKILL" });
      const lost = await account();
      if (phase === "once the disk has caught up") expect(lost).toBeLessThanOrEqual(BATCH_TEXTS);
      lives.push(`kill ${kill + 1} ${phase}: ${stored.size} of ${COUNT} texts stored, ${lost} lost`);
    }
    expect(await runServed(lab)).toMatchObject({ code: 0 });
    await account();
    const { total, requests: count } = requests.counts();
    const sum = `seed ${SEED}: ${KILLS} kills, ${KILLS} resumes; ${count} requests for ${total} texts: ${COUNT} once, ${total - COUNT} again as they were lost on their way to the disk, ${askedAgain} again although they were stored`;
    process.stdout.write(`${[...lives, sum].join("\n")}\n`);
    expect(askedAgain).toBe(0);
    expect(requests.asked.size).toBe(COUNT);
    expect(await finalFiles(lab)).toEqual(expected);
  });
});
