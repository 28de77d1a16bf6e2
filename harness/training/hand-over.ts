import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { DataCard } from "./data-card.ts";

/** A file for a trainer, by its place below the set's folder. */
export type TrainerFile = { readonly file: string; readonly text: string };

type SetFacts = Pick<DataCard, "kind" | "name"> & { readonly hasValidation: boolean };

const TEMPLATES: Readonly<Record<DataCard["kind"], Readonly<Record<string, string>>>> = {
  sft: {
    "trainers/README.md": "sft.md",
    "trainers/trl.yaml": "sft.trl.yaml",
    "trainers/llama-factory.yaml": "sft.llama-factory.yaml",
    "trainers/openai.json": "sft.openai.json",
  },
  dpo: {
    "trainers/README.md": "dpo.md",
    "trainers/trl.yaml": "dpo.trl.yaml",
    "trainers/llama-factory.yaml": "dpo.llama-factory.yaml",
    "trainers/openai.json": "dpo.openai.json",
  },
  supervised: { "trainers/README.md": "supervised.md", "trainers/supervised.yaml": "supervised.yaml" },
};

/**
 * Configurations for trainers that are there, with the hyper-parameters of the papers as far as they are known: text files
 * beside this one, which carry their sources. What is not known is said and not made up.
 */
export async function handOver(facts: SetFacts): Promise<readonly TrainerFile[]> {
  const files = Object.entries(TEMPLATES[facts.kind]).map(async ([file, template]) => {
    const text = await readFile(fileURLToPath(new URL(`trainers/${template}`, import.meta.url)), "utf8");
    return { file, text: fill(text, file, facts) };
  });
  const filled = await Promise.all(files);
  return facts.kind === "supervised" ? filled : [...filled, { file: "dataset_info.json", text: datasetInfo(facts) }];
}

/** Lines about the validation split go when there is none, as trainers refuse a file that is not there. */
function fill(template: string, file: string, { name, hasValidation }: SetFacts): string {
  const lines = template.split("\n");
  const kept = hasValidation ? lines : lines.filter((line) => !/\{if validation\}|"validation_file"/.test(line));
  return kept
    .map((line) => line.replace(/ # \{if validation\}$/, ""))
    .join("\n")
    .replaceAll("{name}", name)
    .replaceAll("{file}", file);
}

/** Source: https://github.com/hiyouga/LLaMA-Factory (data/README.md at 015ff25). */
function datasetInfo({ kind, name, hasValidation }: SetFacts): string {
  const splits = hasValidation ? ["train", "validation"] : ["train"];
  const describe = (split: string) =>
    kind === "dpo"
      ? {
          file_name: `conversations/${split}.jsonl`,
          formatting: "sharegpt",
          ranking: true,
          columns: { messages: "conversations", chosen: "chosen", rejected: "rejected" },
        }
      : {
          file_name: `openai/${split}.jsonl`,
          formatting: "sharegpt",
          columns: { messages: "messages" },
          tags: { role_tag: "role", content_tag: "content", user_tag: "user", assistant_tag: "assistant" },
        };
  const info = Object.fromEntries(splits.map((split) => [`${name}_${split}`, describe(split)]));
  return `${JSON.stringify(info, undefined, 2)}\n`;
}
