import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Encoder } from "../../harness/encode/types.ts";
import { fc } from "../seeded-fast-check.ts";
import { cacheLab, embedRequest, fresh, TEXTS } from "./cache-lab.ts";
import { stream } from "./collection.ts";
import { type CountingEncoder, countingEncoder } from "./counting-encoder.ts";
import { missingTexts, rowsOf } from "./stored-vectors.ts";

const lab = cacheLab();

/** Takes so many turns of the event loop a batch, in turn. */
function slowEncoder(turns: readonly number[], batchSize: number): CountingEncoder {
  const { encode, ...encoder } = countingEncoder("counting", { batchSize });
  let calls = 0;
  return {
    ...encoder,
    async encode(texts, role) {
      const waits = turns[calls % turns.length] ?? 0;
      calls += 1;
      for (let turn = 0; turn < waits; turn++) await setImmediate();
      return await encode(texts, role);
    },
  };
}

/** Encodes until the window's third batch, in which it fails. */
function failingEncoder(): Encoder {
  const { encode, ...encoder } = countingEncoder();
  let calls = 0;
  return {
    ...encoder,
    encode(texts, role) {
      calls += 1;
      return calls === 3 ? Promise.reject(new Error("gone")) : encode(texts, role);
    },
  };
}

describe("use of one cache at the same time", () => {
  it("encodes each text once when calls overlap", async () => {
    const encoder = countingEncoder();
    const cache = lab.open();
    const [a, b, c] = await Promise.all([
      cache.embed(embedRequest(encoder)),
      cache.embed(embedRequest(encoder, [...TEXTS].reverse())),
      cache.embed(embedRequest(encoder, TEXTS.slice(3, 9))),
    ]);
    expect(encoder.seen).toHaveLength(20);
    expect([...rowsOf(a.vectors)]).toEqual(await fresh());
    expect([...rowsOf(b.vectors)]).toEqual(await fresh([...TEXTS].reverse()));
    expect([...rowsOf(c.vectors)]).toEqual(await fresh(TEXTS.slice(3, 9)));
  });
});

describe("use of one folder at the same time", () => {
  it("is harmless from several caches", async () => {
    const caches = [lab.open(), lab.open(), lab.open()];
    const results = await Promise.all(caches.map((cache) => cache.embed(embedRequest(countingEncoder()))));
    for (const { vectors } of results) expect([...rowsOf(vectors)]).toEqual(await fresh());
    for (const cache of caches) expect((await cache.embed(embedRequest(countingEncoder()))).encoded).toBe(0);
    expect(await lab.files()).toHaveLength(3);
    expect(await lab.files(".tmp")).toEqual([]);
    expect(lab.warnings()).toEqual([]);
  });

  it("leaves the files of a single one, however two caches take turns", async () => {
    await lab.open().embed(embedRequest(countingEncoder()));
    const expected = await lab.contents();
    const side = fc.record({
      turns: fc.array(fc.nat(12), { minLength: 1, maxLength: 6 }),
      batchSize: fc.integer({ min: 1, max: 9 }),
      wait: fc.nat(20),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(side, side, async (...sides) => {
        run += 1;
        const folder = `${lab.folder()}-${run}`;
        const results = await Promise.all(
          sides.map(async ({ turns, batchSize, wait }) => {
            for (let turn = 0; turn < wait; turn++) await setImmediate();
            return await lab.open({ folder }).embed(embedRequest(slowEncoder(turns, batchSize)));
          }),
        );
        for (const { vectors } of results) expect([...rowsOf(vectors)]).toEqual(await fresh());
        expect(await lab.contents(folder)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
    expect(lab.warnings()).toEqual([]);
  });

  it("gives right rows, and stores every text, for collections that overlap", async () => {
    const part = fc.record({
      texts: fc.array(fc.constantFrom(...TEXTS), { maxLength: 30 }),
      turns: fc.array(fc.nat(12), { minLength: 1, maxLength: 6 }),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 2, maxLength: 4 }), async (parts) => {
        run += 1;
        const folder = `${lab.folder()}-${run}`;
        const results = await Promise.all(
          parts.map(({ texts, turns }) => lab.open({ folder }).embed(embedRequest(slowEncoder(turns, 3), texts))),
        );
        for (const [index, { vectors }] of results.entries()) {
          expect([...rowsOf(vectors)]).toEqual(await fresh(parts[index]?.texts));
        }
        expect(await lab.files(".journal.arrow", folder)).toEqual([]);
        const texts = parts.flatMap((one) => one.texts);
        const request = { encoder: countingEncoder(), role: "document", texts: stream(texts) } as const;
        expect(await missingTexts(lab.open({ folder }), request)).toEqual([]);
      }),
      { numRuns: 30 },
    );
    expect(lab.warnings()).toEqual([]);
  });

  it("takes up what another one journalled, and what it has sealed since", async () => {
    await expect(lab.open().embed(embedRequest(failingEncoder()))).rejects.toThrow("gone");
    const late = lab.open();
    const request = { encoder: countingEncoder(), role: "document", texts: stream(TEXTS) } as const;
    expect(await missingTexts(late, request)).toHaveLength(20 - 6);
    const journalled = await lab.files(".journal.arrow");
    expect(journalled).not.toEqual([]);
    expect((await lab.open().embed(embedRequest(countingEncoder()))).encoded).toBe(20 - 6);
    expect(await lab.files(".journal.arrow")).toEqual([]);
    const { vectors, encoded } = await late.embed(embedRequest(countingEncoder()));
    expect(encoded).toBe(0);
    expect([...rowsOf(vectors)]).toEqual(await fresh());
    expect(lab.warnings()).toEqual([]);
  });
});
