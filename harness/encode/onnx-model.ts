import type { Tensor } from "@huggingface/transformers";
import { HarnessError } from "../errors.ts";
import { float32Values } from "../storage/safetensors.ts";
import type { Dtype } from "./model-files.ts";
import type { TokenVectors } from "./pool-tokens.ts";
import type { PaddedBatch } from "./token-batches.ts";

/** What the library runs models on, as far as the machine has it. */
export const DEVICES = ["cpu", "cuda", "dml", "coreml", "webgpu"] as const;

type Device = (typeof DEVICES)[number];

/** Major version of the library that runs models: another one may give other vectors. */
export const ONNX_LIBRARY = "@huggingface/transformers 4";

/** Token ids to token vectors. */
export type OnnxModel = { run(batch: PaddedBatch): Promise<TokenVectors> };

export type OnnxModelOptions = {
  readonly folder: string;
  readonly dtype: Dtype;
  readonly device: Device;
  readonly threads: number;
};

/** Where models put the vectors of tokens; the second name is sentence-transformers'. */
const OUTPUTS = ["last_hidden_state", "token_embeddings"];

/**
 * Loads the ONNX file of a model's folder. Never asks the network: the library's own downloads are switched off.
 *
 * @throws {HarnessError} `DATA_INVALID` when the file cannot be loaded, or not on that device
 */
export async function loadOnnxModel({ folder, dtype, device, threads }: OnnxModelOptions): Promise<OnnxModel> {
  const { AutoModel, Tensor, env, LogLevel } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  env.useFSCache = false;
  // it prints errors that are thrown as well
  env.logLevel = LogLevel.NONE;
  const model = await AutoModel.from_pretrained(folder, {
    dtype,
    device,
    local_files_only: true,
    // left alone the runtime takes one thread for two hyperthreads
    session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  }).catch((cause: unknown) => {
    throw new HarnessError(
      "DATA_INVALID",
      `expected a model that loads on device \`${device}\` (${reasonOf(cause)}).`,
      {
        where: folder,
        hint: device === "cpu" ? undefined : "Without that device and its libraries, take `device: cpu`.",
        cause,
      },
    );
  });
  return {
    async run({ ids, mask, rows, width }) {
      const inputs = {
        input_ids: new Tensor("int64", ids, [rows, width]),
        attention_mask: new Tensor("int64", mask, [rows, width]),
      };
      const outputs: Readonly<Record<string, Tensor | undefined>> = await model(inputs);
      const name = OUTPUTS.find((output) => outputs[output] !== undefined) ?? "";
      return readOutput(outputs[name], { rows, width, where: folder, names: Object.keys(outputs) });
    },
  };
}

type Expected = {
  readonly rows: number;
  readonly width: number;
  readonly where: string;
  /** All outputs of the model, for messages. */
  readonly names: readonly string[];
};

function readOutput(output: Tensor | undefined, { rows, width, where, names }: Expected): TokenVectors {
  if (output === undefined) {
    throw new HarnessError("DATA_INVALID", `expected the output ${OUTPUTS.join(" or ")}, found ${names.join(", ")}.`, {
      where,
      hint: "The ONNX file must have been exported for feature extraction.",
    });
  }
  const [foundRows, foundWidth, dim = 0, ...more] = output.dims;
  if (foundRows !== rows || foundWidth !== width || more.length > 0 || dim === 0) {
    throw new HarnessError("DATA_INVALID", `expected vectors of ${rows} x ${width} tokens, found [${output.dims}].`, {
      where,
    });
  }
  return { values: floats(output, where), width, dim };
}

/** Half precision comes as bits or, where the language has it, as an array of its own. */
function floats({ type, data, dims }: Tensor, where: string): Float32Array {
  if (data instanceof Float32Array) return data;
  if (type === "float16" && ArrayBuffer.isView(data)) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return float32Values({ dtype: "F16", shape: dims, bytes }, where);
  }
  throw new HarnessError("DATA_INVALID", `expected vectors of float32 or float16, found ${type}.`, { where });
}

function reasonOf(cause: unknown): string {
  const [line = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
  return line.slice(0, 300).replace(/[.\s]+$/, "");
}
