import type { BlockProduct, ProductBackend, ProductShape } from "./block-product.ts";
import { innerProducts } from "./inner-products.ts";

/** Products of the plain reference: summed in double, each rounded to float32 once. */
export const flatProduct: ProductBackend = {
  tile: { least: 1, step: 1 },
  start: () => Promise.resolve({ version: "1", open }),
};

function open({ dim, width, maxRows, tiles, scores }: ProductShape): BlockProduct {
  const input = new Float32Array(maxRows * dim);
  const column = new Float64Array(maxRows);
  return {
    input,
    multiply(count, tile) {
      const rows = { count, dim, rows: input.subarray(0, count * dim) };
      const out = column.subarray(0, count);
      for (let query = 0; query < width; query++) {
        const start = (tile * width + query) * dim;
        innerProducts(rows, tiles.subarray(start, start + dim), out);
        for (let row = 0; row < count; row++) scores[row * width + query] = out[row] ?? 0;
      }
    },
  };
}
