import { inflateRawSync } from "node:zlib";
import { docId, queryId } from "../../../harness/domain/ids.ts";
import type { PageSource, ShownHit, ShownRow } from "../../../harness/report/page/page-source.ts";
import type { QueryData } from "../../../harness/report/page/query-data.ts";
import { SPIKE } from "../experiment-fixture.ts";
import { testedExperiment } from "../tested-experiment.ts";

/** What a dataset, a model or a server could try on a page. */
export const HOSTILE = `</script><script>document.title = "taken"</script><img src=x onerror="alert(1)"> "' javascript:alert(1) \u202Etxt.exe\u0000\u001b[31m`;

const hit = (id: string, score: number, channels?: ShownHit["channels"]): ShownHit => ({
  docId: docId(id),
  score,
  channels,
});

function row(dataset: string, { queries = 2 } = {}): ShownRow {
  const answers = Array.from({ length: queries }, (_, at) => {
    const base = {
      values: { "nDCG@10": 0.5 },
      hits: [hit("d1", 2), hit("d2", 1)],
      goldRanks: new Map([[docId("d2"), 2]]),
    };
    const scenario = { id: "d2#0", score: 0.5 };
    const spike = {
      values: { "nDCG@10": 0.5 + (at === 0 ? 0.25 : -0.1) },
      hits: [
        hit("d2", 0.25 * 0.3 + 0.75 * 0.5, { document: 0.3, scenario }),
        hit("d1", 0.2, { document: 0.2, scenario: null }),
      ],
      goldRanks: new Map([[docId("d2"), 1]]),
    };
    return [queryId(`q${at}`), { base, spike: { ...spike, alpha: 0.25 } }] as const;
  });
  return {
    ...{ retriever: "bge-small-en", queries: "original", ...SPIKE, dataset, choice: "fixed" },
    answers: new Map(answers),
    recall: { depths: [1, 10], base: [0.1, 0.4], spike: [0.2, 0.5] },
  };
}

/** Two datasets with two queries each, unless told; `text` is what every text of theirs is. */
export function pageSource({ text = "a text", queries = 2 } = {}): PageSource {
  const result = testedExperiment();
  const gold = new Map([[docId("d2"), 2]]);
  return {
    result: { ...result, name: text, description: text },
    rows: ["scifact", "fiqa"].map((dataset) => row(dataset, { queries })),
    querySets: ["scifact", "fiqa"].map((dataset) => ({
      ...{ dataset, querySet: "original" },
      queries: Array.from({ length: queries }, (_, at) => ({ id: queryId(`q${at}`), text, gold })),
    })),
    excerpts: {
      cut: { queries: 2_000, documents: 300, scenarios: 400 },
      document: (_, id) => (id === "d1" ? undefined : text),
      scenario: () => text,
    },
    provenance: { version: "1.2.3", runFile: { name: "small.yaml", text: `version: 1\n# ${text}` }, retrievers: [] },
    work: undefined,
  };
}

/** The data that a page holds for its script, part after part. */
export function dataOf(page: string): readonly QueryData[] {
  return Array.from(page.matchAll(/id="queries-\d+">([^<]*)<\/script>/g), ([, packed = ""]) =>
    JSON.parse(inflateRawSync(Buffer.from(packed, "base64")).toString("utf8")),
  );
}
