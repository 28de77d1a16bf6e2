/** What is used of WebAssembly, which the types of Node 20 do not declare. */
declare const WebAssembly: {
  readonly validate: (bytes: Uint8Array<ArrayBuffer>) => boolean;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => KernelModule;
  readonly Memory: new (size: { readonly initial: number }) => KernelMemory;
  readonly Instance: new (
    module: KernelModule,
    imports: { readonly memory: { readonly bytes: KernelMemory } },
  ) => { readonly exports: { readonly run: (...parameters: readonly number[]) => void } };
};

export type KernelModule = { readonly [brand]: true };
type KernelMemory = { readonly buffer: ArrayBuffer };
declare const brand: unique symbol;

const PAGE_BYTES = 65_536;

/** Whether a kernel runs here: under `node --jitless` there is not even the name. */
export function isKernel(bytes: Uint8Array<ArrayBuffer>): boolean {
  try {
    return WebAssembly.validate(bytes);
  } catch {
    return false;
  }
}

/** @throws what WebAssembly throws, also where there is none */
export function compileKernel(bytes: Uint8Array<ArrayBuffer>): KernelModule {
  return new WebAssembly.Module(bytes);
}

/** A kernel over memory of its own, all zeros. @param size of the memory in bytes, rounded up */
export function openKernel<Parameters extends readonly number[]>(module: KernelModule, size: number) {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(size / PAGE_BYTES) });
  const { run } = new WebAssembly.Instance(module, { memory: { bytes: memory } }).exports;
  return { buffer: memory.buffer, run: (...parameters: Parameters): void => run(...parameters) };
}
