import { describe, expect, it } from "vitest";
import {
  addVectors,
  get,
  increase,
  integer,
  type KernelCode,
  loadSplat,
  loadVector,
  moduleBytes,
  repeat,
  set,
  storeVector,
} from "../../harness/engine/wasm-bytes.ts";
import { fc } from "../seeded-fast-check.ts";

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: { readonly run: (...parameters: readonly number[]) => void } };
};

/** The kernel over one page of floats, each of which is its own position. */
function load(code: KernelCode) {
  const bytes = new WebAssembly.Memory({ initial: 1 });
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes(code)), { memory: { bytes } }).exports;
  const floats = new Float32Array(bytes.buffer);
  floats.set([...floats.keys()]);
  return { run, floats };
}

describe("moduleBytes", () => {
  it("makes a module whose constants and offsets are the numbers that were given, however long their code is", () => {
    const anyFloat = fc.integer({ min: 0, max: 16_380 });
    fc.assert(
      fc.property(anyFloat, anyFloat, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (from, to, step) => {
        const moved = [...integer(0), ...loadVector(4 * from), ...storeVector(4 * to)];
        const body = [...increase(0, integer(step)), ...get(0), ...moved];
        const { run, floats } = load({ parameters: 1, integers: 0, vectors: 0, body });
        run(-step); // so that the address is 0
        expect([...floats.subarray(to, to + 4)]).toEqual([from, from + 1, from + 2, from + 3]);
      }),
    );
  });

  it("gives a kernel locals of its own, which are 0 at first", () => {
    const body = [
      ...[...get(1), ...get(2), ...storeVector(0)],
      ...[...get(0), ...loadSplat(0), ...set(2), ...get(1), ...get(2), ...storeVector(16)],
    ];
    const { run, floats } = load({ parameters: 1, integers: 1, vectors: 1, body });
    run(4 * 9);
    expect([...floats.subarray(0, 8)]).toEqual([0, 0, 0, 0, 9, 9, 9, 9]);
  });
});

describe("repeat", () => {
  it.each([1, 2, 100])("runs its body %d times", (times) => {
    const added = [...get(1), ...integer(0), ...loadVector(4), ...addVectors, ...set(1)];
    const body = [...repeat(0, added), ...integer(0), ...get(1), ...storeVector(0)];
    const { run, floats } = load({ parameters: 1, integers: 0, vectors: 1, body });
    run(times);
    expect([...floats.subarray(0, 4)]).toEqual([times, 2 * times, 3 * times, 4 * times]);
  });
});
