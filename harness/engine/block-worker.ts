import { workerData } from "node:worker_threads";
import { loadOnce } from "../runtime/load-once.ts";
import { answerJobs } from "../runtime/worker-jobs.ts";
import { type ProductName, products } from "./products.ts";
import { scanPass } from "./scan-pass.ts";
import type { PassPart, SearchPass } from "./search-pass.ts";

const product: ProductName = workerData;
const start = loadOnce(() => products[product].start());

answerJobs<SearchPass, PassPart>(async (pass, report) => {
  const { open } = await start();
  return scanPass(pass, open, report);
});
