import type { CommandModule } from "yargs";

type Flags = {
  readonly path: string;
  readonly from: "beir" | "trec" | "csv";
  readonly id: string;
  readonly split: string;
  readonly documents: string | undefined;
  readonly queries: string | undefined;
  readonly qrels: string | undefined;
};

export const datasetsImportCommand: CommandModule<object, Flags> = {
  command: "import <path>",
  describe: "Write a card for a folder of data: datasets/<id>.yaml",
  builder: (cli) =>
    cli
      .positional("path", { type: "string", demandOption: true, describe: "folder of the data" })
      .option("from", { choices: ["beir", "trec", "csv"] as const, demandOption: true, describe: "its layout" })
      .option("id", { type: "string", demandOption: true, describe: "id that run files will use" })
      .option("split", { type: "string", default: "test", describe: "beir: which qrels" })
      .option("documents", { type: "string", describe: "trec, csv: files of the corpus, * and ** allowed" })
      .option("queries", { type: "string", describe: "trec, csv: file of the queries" })
      .option("qrels", { type: "string", describe: "trec, csv: file of the judgements" }) as never,
  async handler({ path, from, id, split, documents, queries, qrels }) {
    const { importFormat } = await import("../pipeline/datasets/import-format.ts");
    const { visibleText } = await import("../report/figure-text.ts");
    const { importDataset } = await import("../pipeline/datasets/import-dataset.ts");
    const format = importFormat(from, { split, documents, queries, qrels });
    const imported = await importDataset({ id, folder: path, format, cards: "datasets" });
    const { documents: count, queries: asked, judgements } = imported.counts;
    console.log(`${imported.card}: ${count} documents, ${asked} judged queries, ${judgements} judgements.`);
    for (const note of imported.notes) console.log(`- ${visibleText(note)}`);
  },
};
