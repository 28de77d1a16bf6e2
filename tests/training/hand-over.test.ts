import { describe, expect, it } from "vitest";
import { parseYaml } from "../../harness/storage/yaml-source.ts";
import { handOver } from "../../harness/training/hand-over.ts";

const KINDS = ["sft", "dpo", "supervised"] as const;

async function filesOf(kind: (typeof KINDS)[number], hasValidation = true): Promise<ReadonlyMap<string, string>> {
  const files = await handOver({ kind, name: "my-set", hasValidation });
  return new Map(files.map(({ file, text }) => [file, text]));
}

function yamlOf(files: ReadonlyMap<string, string>, file: string): unknown {
  return parseYaml(files.get(file) ?? "", file, () => false).value;
}

describe("handOver", () => {
  it.each(
    KINDS.flatMap((kind) => [
      { kind, hasValidation: true },
      { kind, hasValidation: false },
    ]),
  )("leaves no place unfilled: %j", async ({ kind, hasValidation }) => {
    for (const [file, text] of await filesOf(kind, hasValidation)) {
      expect(text, file).not.toMatch(/\{(name|file|if validation)\}/);
      expect(hasValidation || file.endsWith(".md") || !/eval_|validation_file/.test(text), file).toBe(true);
      // JSON is YAML too
      if (!file.endsWith(".md")) expect(yamlOf(new Map([[file, text]]), file)).toBeTypeOf("object");
    }
  });

  it("gives SPIKE's training defaults to the trainers of a scenario generator", async () => {
    const files = await filesOf("sft");
    const same = { learning_rate: 2e-5, lr_scheduler_type: "constant", num_train_epochs: 20, weight_decay: 0.1 };
    expect(yamlOf(files, "trainers/trl.yaml")).toMatchObject({
      ...same,
      ...{ lora_r: 32, lora_alpha: 64, lora_dropout: 0.1, per_device_train_batch_size: 64, completion_only_loss: true },
      dataset_name: "trl",
      output_dir: "my-set-adapter",
    });
    expect(yamlOf(files, "trainers/llama-factory.yaml")).toMatchObject({
      ...same,
      lora_rank: 32,
      dataset: "my-set_train",
    });
    expect(JSON.parse(files.get("trainers/openai.json") ?? "")).toMatchObject({ method: { type: "supervised" } });
    expect(JSON.parse(files.get("dataset_info.json") ?? "")).toMatchObject({
      "my-set_train": { file_name: "openai/train.jsonl", tags: { role_tag: "role" } },
      "my-set_validation": { file_name: "openai/validation.jsonl" },
    });
  });

  it("gives the papers' values to the trainers of a query expander, and leaves out what is not known", async () => {
    const files = await filesOf("dpo", false);
    const trl = yamlOf(files, "trainers/trl.yaml");
    expect(trl).toMatchObject({
      ...{ beta: 0.1, learning_rate: 2e-5, num_train_epochs: 2, max_length: 612, lora_r: 8, lora_alpha: 32 },
      ...{ per_device_train_batch_size: 2, gradient_accumulation_steps: 8 },
    });
    expect(trl).not.toHaveProperty("lora_target_modules");
    expect(trl).not.toHaveProperty("weight_decay");
    expect(JSON.parse(files.get("trainers/openai.json") ?? "")).toMatchObject({
      method: { dpo: { hyperparameters: { beta: 0.1, n_epochs: 2, batch_size: 2 * 8 } } },
    });
    expect(Object.keys(JSON.parse(files.get("dataset_info.json") ?? ""))).toEqual(["my-set_train"]);
  });

  it("tells trainers of retrievers what is known", async () => {
    const known = yamlOf(await filesOf("supervised"), "trainers/supervised.yaml");
    expect(known).toMatchObject({ "llm-qe": { "learning-rate": 3e-5, epochs: 3, batch: 64, temperature: 0.02 } });
  });
});
