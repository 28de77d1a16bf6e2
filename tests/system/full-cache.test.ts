import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, expect, it, type TestContext } from "vitest";
import { openEmbeddingCache } from "../../harness/encode/shard-cache.ts";
import { verifyShard } from "../../harness/storage/vector-shards.ts";
import { cacheLab, embedRequest } from "../encode/cache-lab.ts";
import { stream } from "../encode/collection.ts";
import { type CountingEncoder, countingEncoder } from "../encode/counting-encoder.ts";
import { missingTexts, rowsOf } from "../encode/stored-vectors.ts";

const run = promisify(execFile);
const lab = cacheLab();
const TEXTS = Array.from({ length: 64 }, (_, index) => `text ${index}`);
/** 1 KiB a vector, 4 vectors a batch, 64 KiB in all; a file takes whole pages of 4 KiB. */
const encoder = () => countingEncoder("wide", { dim: 256, batchSize: 4 });

/** Gives the disk time to fail before the last batch. */
function patientEncoder(): CountingEncoder {
  const { encode, ...others } = encoder();
  return { ...others, encode: async (...call) => await setTimeout(50, encode(...call)) };
}

/** Mounts a file system of a few kilobytes on the cache's folder for the time of `work`. */
async function onSmallDisk(size: string, skip: TestContext["skip"], work: () => Promise<void>): Promise<void> {
  const place = lab.folder();
  await mkdir(place, { recursive: true });
  const failed = await run("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", place]).then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (failed !== undefined) skip(`cannot mount a small file system here: ${failed}`);
  try {
    await work();
  } finally {
    await run("umount", [place]);
  }
}

describe("a disk that fills up while vectors are stored", () => {
  it.for([
    { when: "a batch is journalled", size: "64k", windowRows: 64, slow: true },
    { when: "a window is sealed", size: "64k", windowRows: 32, slow: false },
  ])("when $when ends the work, keeps what is durable and leaves nothing half-written", async (given, { skip }) => {
    const clock = given.slow ? {} : { clock: () => 0 };
    const options = { windowRows: given.windowRows, ...clock };
    await onSmallDisk(given.size, skip, async () => {
      const first = given.slow ? patientEncoder() : encoder();
      await expect(lab.open(options).embed(embedRequest(first, TEXTS))).rejects.toMatchObject({ code: "DISK_FULL" });
      expect(await lab.files(".tmp")).toEqual([]);
      for (const file of await lab.files()) await verifyShard(file);
      const request = { encoder: encoder(), role: "document", texts: stream(TEXTS) } as const;
      const left = await missingTexts(lab.open(options), request);
      expect(left.length).toBeGreaterThan(0);
      expect(left.length).toBeLessThan(64);
      // the encoder was not asked again once the disk had failed
      if (given.slow) expect(first.seen.length).toBeLessThan(64);
      await run("mount", ["-o", "remount,size=4m", lab.folder()]);
      const second = encoder();
      const { vectors } = await lab.open(options).embed(embedRequest(second, TEXTS));
      expect([...second.seen].sort()).toEqual([...left].sort());
      expect([...rowsOf(vectors)]).toEqual([...(await encoder().encode(TEXTS, "document")).vectors]);
      // the files of a disk that never was full
      const folder = `${lab.folder()}-large`;
      await openEmbeddingCache({ folder, ...options }).embed(embedRequest(encoder(), TEXTS));
      expect(await lab.contents()).toEqual(await lab.contents(folder));
    });
    expect(lab.warnings()).toEqual([]);
  });
});
