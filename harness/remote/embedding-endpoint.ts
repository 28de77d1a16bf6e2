import { connectOpenai, type EndpointOptions } from "./openai-client.ts";

type EmbeddingRequest = {
  readonly model: string;
  readonly input: readonly string[];
  readonly encodingFormat: "base64" | "float";
  /** Sent only when given. */
  readonly dimensions?: number | undefined;
};

/** One server's `/embeddings`. */
export type EmbeddingEndpoint = {
  readonly baseUrl: string;
  /**
   * One request, one try.
   *
   * @returns the body of the answer: the package turns an array where it asked for base64 into garbage
   * @throws as `OpenaiConnection.send`
   */
  embed(request: EmbeddingRequest): Promise<string>;
};

/** Source: https://platform.openai.com/docs/api-reference/embeddings/create */
export async function openEmbeddingEndpoint(options: EndpointOptions): Promise<EmbeddingEndpoint> {
  const { baseUrl, send } = await connectOpenai(options);
  return {
    baseUrl,
    embed: ({ model, input, encodingFormat, dimensions }) =>
      send((client, request) => {
        const asked = { model, input: [...input], encoding_format: encodingFormat };
        const body = dimensions === undefined ? asked : { ...asked, dimensions };
        return client.embeddings.create(body, request).asResponse();
      }),
  };
}
