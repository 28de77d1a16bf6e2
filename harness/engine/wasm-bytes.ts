/**
 * A WebAssembly module as bytes: one function `run` of 32-bit integers, over a memory that is given to it as `memory.bytes`.
 *
 * Written by hand: the few instructions of a kernel are shorter than what a compiler for them would bring along, and
 * nothing has to be built before the harness runs.
 * Source: https://webassembly.github.io/spec/core/binary/ (sections, LEB128, instructions), with the vector instructions of
 * https://github.com/WebAssembly/simd and, for `multiplyAdd`, https://github.com/WebAssembly/relaxed-simd
 */
export function moduleBytes({ parameters, integers, vectors, body }: KernelCode): Uint8Array<ArrayBuffer> {
  const locals = list([
    [...unsigned(integers), I32],
    [...unsigned(vectors), V128],
  ]);
  const type = [0x60, ...list(Array.from({ length: parameters }, () => [I32])), ...list([])];
  const memory = [...name("memory"), ...name("bytes"), 0x02, 0x00, 0x00];
  return Uint8Array.from([
    ...[0x00, ...characters("asm"), 0x01, 0x00, 0x00, 0x00],
    ...section(1, list([type])),
    ...section(2, list([memory])),
    ...section(3, list([[0x00]])),
    ...section(7, list([[...name("run"), 0x00, 0x00]])),
    ...section(10, list([sized([...locals, ...body, END])])),
  ]);
}

/** Bytes of a piece of code or of a module. */
export type Code = readonly number[];

export type KernelCode = {
  /** How many integers it is called with; they are its first locals. */
  readonly parameters: number;
  /** Further locals: integers, and after them vectors. All are 0 at first. */
  readonly integers: number;
  readonly vectors: number;
  readonly body: Code;
};

const I32 = 0x7f;
const V128 = 0x7b;
const END = 0x0b;

export const add: Code = [0x6a];
/** 1 or 0. */
export const differs: Code = [0x47];
export const multiplyIntegers: Code = [0x6c];
export const addVectors: Code = vector(0xe4);
export const multiplyVectors: Code = vector(0xe6);
/** `a * b + c`, rounded once or twice as the machine likes. */
export const multiplyAdd: Code = vector(0x105);
/** All bits set in every float32 that is less than its counterpart. */
export const isLess: Code = vector(0x43);
/** Of two vectors of 32-bit lanes, or two of 16-bit lanes, one of lanes half as wide, which keep their signs. */
export const narrowWords: Code = vector(0x85);
export const narrowHalves: Code = vector(0x65);
/** The signs of sixteen bytes as an integer, the first one lowest. */
export const signBits: Code = vector(0x64);
export const zeroVector: Code = [...vector(0x0c), ...new Array<number>(16).fill(0)];

export function get(local: number): Code {
  return [0x20, ...unsigned(local)];
}

export function set(local: number): Code {
  return [0x21, ...unsigned(local)];
}

export function integer(value: number): Code {
  return [0x41, ...signed(value)];
}

/** Four float32 at the address on the stack and `offset`, which need not be aligned to more than 4 bytes. */
export function loadVector(offset: number): Code {
  return [...vector(0x00), ...place(offset)];
}

/** One float32, four times. */
export function loadSplat(offset: number): Code {
  return [...vector(0x09), ...place(offset)];
}

/** Stores the integer on the stack at the address below it and `offset`. */
export function storeInteger(offset: number): Code {
  return [0x36, ...place(offset)];
}

export function storeVector(offset: number): Code {
  return [...vector(0x0b), ...place(offset)];
}

/** `local += step`, where a local or a number says how much. */
export function increase(local: number, step: Code): Code {
  return [...get(local), ...step, ...add, ...set(local)];
}

/** Runs the body as often as the local says, at least once; the local is 0 afterwards. */
export function repeat(local: number, body: Code): Code {
  const next = [...increase(local, integer(-1)), ...get(local), 0x0d, 0x00];
  return [0x03, 0x40, ...body, ...next, END];
}

function vector(operation: number): Code {
  return [0xfd, ...unsigned(operation)];
}

/** Alignment to 4 bytes, as a power of two, and the offset. */
function place(offset: number): Code {
  return [0x02, ...unsigned(offset)];
}

function section(id: number, content: Code): Code {
  return [id, ...sized(content)];
}

function sized(content: Code): Code {
  return [...unsigned(content.length), ...content];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function name(text: string): Code {
  return sized(characters(text));
}

function characters(text: string): Code {
  return [...new TextEncoder().encode(text)];
}

/** Seven bits a byte, the lowest first; the top bit says that more follow. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** The same, until only copies of the sign are left. */
function signed(value: number): Code {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}
