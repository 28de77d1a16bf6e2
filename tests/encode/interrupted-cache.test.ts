import { EventEmitter, once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Encoder } from "../../harness/encode/types.ts";
import { fc } from "../seeded-fast-check.ts";
import { cacheLab, embedRequest, fresh, TEXTS } from "./cache-lab.ts";
import { stream } from "./collection.ts";
import { type CountingEncoder, countingEncoder } from "./counting-encoder.ts";
import { missingTexts, rowsOf } from "./stored-vectors.ts";

const lab = cacheLab();
// texts that come again, also in other windows, and lengths that the order of work goes by
const COLLECTION = [...TEXTS.map((text, row) => `${text}${"x".repeat((row * 7) % 5)}`), ...TEXTS.slice(2, 9), "text 2"];

/** The texts that a process finds nothing for which comes to a folder as it is. */
async function missingIn(folder: string): Promise<ReadonlySet<string>> {
  const request = { encoder: countingEncoder(), role: "document", texts: stream(COLLECTION) } as const;
  return new Set(await missingTexts(lab.open({ folder }), request));
}

/**
 * Copies the folder when a batch begins, while those before it are on their way to disk, and, every second time, once they
 * are there: what a kill at these moments leaves.
 */
function copyingEncoder(copies: string[], { encode, seen, ...encoder } = countingEncoder()): Encoder {
  let calls = 0;
  return {
    ...encoder,
    async encode(texts, role) {
      calls += 1;
      copies.push(lab.copy());
      await setImmediate();
      copies.push(lab.copy());
      if (calls % 2 === 0) {
        // encoding does not go on before: what is finished is durable without it
        for (let left = await missingIn(lab.folder()); seen.some((text) => left.has(text)); ) {
          await setImmediate();
          left = await missingIn(lab.folder());
        }
        copies.push(lab.copy());
      }
      return await encode(texts, role);
    },
  };
}

/** Never comes back from one of its calls; `reached` when it is made. */
function hangingEncoder({ batchSize, at }: { readonly batchSize: number; readonly at: number }) {
  const { encode, ...encoder } = countingEncoder("counting", { batchSize });
  const begun = new EventEmitter();
  let calls = 0;
  const hanging: Encoder = {
    ...encoder,
    encode(texts, role) {
      calls += 1;
      if (calls <= at) return encode(texts, role);
      begun.emit("hangs");
      return new Promise(() => undefined);
    },
  };
  return { encoder: hanging, reached: once(begun, "hangs") };
}

describe("a cache whose process is killed", () => {
  it("ends with the files of an undisturbed one, and encodes nothing that was journalled", async () => {
    const copies: string[] = [];
    await lab.open().embed(embedRequest(copyingEncoder(copies), COLLECTION));
    const expected = await lab.contents();
    expect(copies).toHaveLength(10 * 2 + 5); // windows with 8, 8, 7 and 3 new texts, in batches of 3
    let journalled = 0;
    for (const folder of copies) {
      journalled += (await lab.files(".journal.arrow", folder)).length;
      const left = await missingIn(folder);
      const encoder = countingEncoder();
      const { vectors, encoded } = await lab.open({ folder }).embed(embedRequest(encoder, COLLECTION));
      expect(new Set(encoder.seen)).toEqual(left);
      expect(encoded).toBe(left.size);
      expect([...rowsOf(vectors)]).toEqual(await fresh(COLLECTION));
      expect(await lab.contents(folder)).toEqual(expected);
    }
    expect(journalled).toBeGreaterThan(0);
    expect(lab.warnings()).toEqual([]);
  });

  it("does so with an encoder whose vectors depend on what else is in the batch", async () => {
    const moody = (): CountingEncoder => {
      const { encode, ...encoder } = countingEncoder();
      const seen: string[] = [];
      return {
        ...{ ...encoder, seen },
        encode(texts, role) {
          seen.push(...texts);
          return encode(
            texts.map((text) => text + texts.join()),
            role,
          );
        },
      };
    };
    const copies: string[] = [];
    await lab.open().embed(embedRequest(copyingEncoder(copies, moody()), COLLECTION));
    const expected = await lab.contents();
    for (const folder of copies) {
      await lab.open({ folder }).embed(embedRequest(moody(), COLLECTION));
      expect(await lab.contents(folder)).toEqual(expected);
    }
  });

  it("does so when it is killed time and again, in other batches and before or after they are journalled", async () => {
    await lab.open().embed(embedRequest(countingEncoder(), COLLECTION));
    const expected = await lab.contents();
    const kill = fc.record({
      at: fc.nat(3),
      batchSize: fc.integer({ min: 1, max: 9 }),
      turns: fc.nat(6),
      fast: fc.boolean(),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(kill, { minLength: 1, maxLength: 5 }), async (kills) => {
        run += 1;
        let folder = `${lab.folder()}-${run}`;
        for (const { turns, fast, ...when } of kills) {
          const { encoder, reached } = hangingEncoder(when);
          const cache = lab.open({ folder, ...(fast ? { clock: () => 0 } : {}) });
          await Promise.race([cache.embed(embedRequest(encoder, COLLECTION)), reached]);
          for (let turn = 0; turn < turns; turn++) await setImmediate();
          // what the abandoned cache still has under way goes into the old folder
          folder = lab.copy(folder);
        }
        const { vectors } = await lab.open({ folder }).embed(embedRequest(countingEncoder(), COLLECTION));
        expect([...rowsOf(vectors)]).toEqual(await fresh(COLLECTION));
        expect(await lab.contents(folder)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
    expect(lab.warnings()).toEqual([]);
  });
});
