import type { Argv } from "yargs";
import { HarnessError } from "../errors.ts";

/** Flags that say what is asked of which model; those that are not given leave the defaults of a run file. */
export function generationFlags<Flags>(cli: Argv<Flags>) {
  const text = { type: "string", requiresArg: true } as const;
  return cli
    .option("model", { ...text, demandOption: true, describe: "name of the model at its servers" })
    .option("base-url", {
      type: "string",
      array: true,
      nargs: 1,
      demandOption: true,
      describe: "a server, up to /v1; several are used at once",
    })
    .option("server", { ...text, describe: "what the servers are called in keys; host of the first unless told" })
    .option("revision", { ...text, describe: "what exactly is served; recorded, never sent" })
    .option("served-model", { ...text, describe: "name that answers carry, if another; * for any" })
    .option("api-key-env", { ...text, describe: "environment variable that holds the key" })
    .option("temperature", { ...text, describe: "0.7 unless told" })
    .option("top-p", { ...text, describe: "1 unless told" })
    .option("seed", { ...text, describe: "sent when given" })
    .option("max-tokens", { ...text, describe: "of an answer; 4096 unless told" })
    .option("max-tokens-name", { ...text, choices: ["max_tokens", "max_completion_tokens"] })
    .option("response-format", {
      ...text,
      choices: ["json-schema", "none"],
      describe: "none: for servers that lack schemas",
    })
    .option("concurrency", { ...text, describe: "requests at once; 16 unless told" })
    .option("timeout", { ...text, describe: "seconds for an answer; 300 unless told" })
    .option("retries", { ...text, describe: "further tries of a request; 5 unless told" })
    .option("prompt", { ...text, describe: "text file with {document} and {dataset}" })
    .option("dataset-name", { ...text, describe: "what {dataset} stands for" })
    .option("max-document-tokens", { ...text, describe: "longer documents are cut; 8192 unless told" })
    .option("tokenizer", { ...text, describe: "the model's tokenizer.json, to count the tokens of documents" })
    .option("characters-per-token", { ...text, describe: "how tokens are estimated; 4 unless told" })
    .option("tokens-per-second", { ...text, describe: "what the servers write together, for the estimate of time" })
    .option("usd-per-million", { ...text, describe: "price of prompt and completion tokens, as 0.15/0.60" })
    .option("budget-usd", { ...text, describe: "stop when this is spent on the set" })
    .option("failure-budget", { ...text, describe: "share of documents that may fail; 0.2 unless told" })
    .option("batch", { type: "boolean", default: false, describe: "ask by OpenAI's Batch API" })
    .option("poll-seconds", { ...text, describe: "between two looks at a batch; 60 unless told" })
    .option("wait", {
      type: "boolean",
      default: true,
      describe: "--no-wait: hand batches in, collect ended ones, and stop",
    });
}

/** What the flags say, in the form of a run file's `kind: generate`. @throws {HarnessError} `USAGE` for no number */
export function generationOptionsOf(flags: Readonly<Record<string, unknown>>) {
  const number = (name: string) => numberFlag(name, flags[name]);
  return {
    client: given({
      model: flags["model"],
      baseUrls: flags["base-url"],
      server: flags["server"],
      revision: flags["revision"],
      servedModel: flags["served-model"],
      apiKeyEnv: flags["api-key-env"],
      temperature: number("temperature"),
      topP: number("top-p"),
      seed: number("seed"),
      maxTokens: number("max-tokens"),
      maxTokensName: flags["max-tokens-name"],
      responseFormat: flags["response-format"],
      concurrency: number("concurrency"),
      timeoutSeconds: number("timeout"),
      retries: number("retries"),
      price: priceFlag(flags["usd-per-million"]),
    }),
    ...given({
      prompt: flags["prompt"],
      datasetName: flags["dataset-name"],
      maxDocumentTokens: number("max-document-tokens"),
      tokenizer: flags["tokenizer"],
      charactersPerToken: number("characters-per-token"),
      tokensPerSecond: number("tokens-per-second"),
      usdBudget: number("budget-usd"),
      failureBudget: number("failure-budget"),
      via: flags["batch"] === true ? "batches" : "requests",
      pollSeconds: number("poll-seconds"),
      wait: flags["wait"],
    }),
  };
}

function given(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function numberFlag(name: string, text: unknown): number | undefined {
  if (text === undefined) return undefined;
  if (typeof text === "string" && /^\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new HarnessError("USAGE", `expected \`--${name}\` to be a number, got \`${String(text)}\`.`);
}

function priceFlag(text: unknown) {
  if (text === undefined) return undefined;
  const [, prompt, completion] = /^(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?)$/.exec(String(text)) ?? [];
  if (prompt !== undefined && completion !== undefined) {
    return { promptUsdPerMillion: Number(prompt), completionUsdPerMillion: Number(completion) };
  }
  throw new HarnessError("USAGE", `expected \`--usd-per-million\` as PROMPT/COMPLETION, got \`${String(text)}\`.`);
}
