import type { GenerationReport } from "../pipeline/generation/generate-scenarios.ts";
import { type BatchFileFlags, underWayLine } from "./batch-file-flags.ts";

/** Prints what generating scenarios came to. */
export function reportGeneration(report: GenerationReport | undefined, flags: BatchFileFlags): void {
  if (report === undefined) return;
  const { totals, manifest, rows } = report;
  if (totals !== undefined) {
    const { kept, answered, failed, promptTokens, completionTokens, usd, underWay } = totals;
    const money = usd === undefined ? "" : `; ${usd.toFixed(4)} USD in all`;
    console.log(
      `${kept} documents were done, ${answered} answered now, ${failed} failed now; ` +
        `${promptTokens} prompt and ${completionTokens} completion tokens${money}.`,
    );
    if (underWay > 0) console.log(underWayLine(underWay, "documents", flags));
  }
  if (manifest === undefined) return;
  const { withScenarios, documents, noise, failed, scenarios } = manifest.counts;
  console.log(
    `${rows}: ${scenarios} scenarios for ${withScenarios} of ${documents} documents; ${noise} noise, ${failed} failed.`,
  );
  if (manifest.source.kind !== "generated") return;
  const repairs = Object.entries(manifest.source.repairs).map(([repair, count]) => `${repair} ${count}`);
  if (repairs.length > 0) console.log(`Answers that had to be repaired: ${repairs.join(", ")}.`);
}
