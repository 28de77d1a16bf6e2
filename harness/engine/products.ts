import type { ProductBackend } from "./block-product.ts";
import { flatProduct } from "./flat-product.ts";
import { ortProduct } from "./ort-product.ts";
import { wasmProduct } from "./wasm-product.ts";

/** Every product by the name that a worker thread is told. */
export const products = { flat: flatProduct, ort: ortProduct, wasm: wasmProduct } as const satisfies Record<
  string,
  ProductBackend
>;

export type ProductName = keyof typeof products;
