import { answerJobs } from "../runtime/worker-jobs.ts";
import type { ProductBackend } from "./block-product.ts";
import { type ProductName, products } from "./products.ts";
import { scanPass } from "./scan-pass.ts";
import type { PassPart, SearchPass } from "./search-pass.ts";

let starting: ReturnType<ProductBackend["start"]> | undefined;

answerJobs<ProductName, SearchPass, PassPart>(async (pass, { data: product, report }) => {
  starting ??= products[product].start();
  const { open } = await starting;
  return scanPass(pass, open, report);
});
