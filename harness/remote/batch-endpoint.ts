import type { ChatBody } from "./chat-endpoint.ts";
import { connectOpenai, type EndpointOptions } from "./openai-client.ts";

/** A request of a batch; `customId` is how its answer is told apart. */
export type BatchRequest = { readonly customId: string; readonly body: ChatBody };

/** One server's `/files` and `/batches`. Every call is one request, one try, and returns the body of the answer. */
export type BatchEndpoint = {
  readonly baseUrl: string;
  /** Uploads requests. */
  upload(lines: readonly string[]): Promise<string>;
  /** Starts the work on an uploaded file of chat completions, within a day. @param label comes back with the batch */
  create(fileId: string, label: string): Promise<string>;
  retrieve(batchId: string): Promise<string>;
  /** The latest batches, newest first. */
  list(): Promise<string>;
  content(fileId: string): Promise<string>;
};

const PATH = "/chat/completions";
const LISTED = 100;

/** Source: https://platform.openai.com/docs/api-reference/batch */
export async function openBatchEndpoint(options: EndpointOptions): Promise<BatchEndpoint> {
  const { baseUrl, send } = await connectOpenai(options);
  const read = (path: string) => send((client, request) => client.get(path, { ...request }).asResponse());
  return {
    baseUrl,
    upload: (lines) =>
      send((client, request) => {
        const file = new File(
          lines.map((line) => `${line}\n`),
          "requests.jsonl",
          { type: "application/jsonl" },
        );
        return client.files.create({ file, purpose: "batch" }, request).asResponse();
      }),
    create: (fileId, label) =>
      send((client, request) => {
        const body = {
          input_file_id: fileId,
          endpoint: `/v1${PATH}`,
          completion_window: "24h",
          metadata: { spikebench: label },
        };
        return client.post("/batches", { ...request, body }).asResponse();
      }),
    retrieve: (batchId) => read(`/batches/${encodeURIComponent(batchId)}`),
    list: () => read(`/batches?limit=${LISTED}`),
    content: (fileId) => read(`/files/${encodeURIComponent(fileId)}/content`),
  };
}

/** A line of a batch's input file. */
export function batchLine({ customId, body }: BatchRequest): string {
  return JSON.stringify({ custom_id: customId, method: "POST", url: `/v1${PATH}`, body });
}
