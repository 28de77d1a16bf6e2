import { connectOpenai, type EndpointOptions } from "./openai-client.ts";

export type ChatMessage = { readonly role: "system" | "user" | "assistant"; readonly content: string };

/** The body of a chat completion. What is undefined is not sent, so that the server's own default holds. */
export type ChatBody = {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly temperature?: number | undefined;
  readonly top_p?: number | undefined;
  readonly seed?: number | undefined;
  readonly max_tokens?: number | undefined;
  readonly max_completion_tokens?: number | undefined;
  readonly response_format?: unknown;
};

/** One server's `/chat/completions`. */
export type ChatEndpoint = {
  readonly baseUrl: string;
  /** One request, one try. @returns the body of the answer @throws as `OpenaiConnection.send` */
  complete(body: ChatBody): Promise<string>;
};

/** Source: https://platform.openai.com/docs/api-reference/chat/create */
export async function openChatEndpoint(options: EndpointOptions): Promise<ChatEndpoint> {
  const { baseUrl, send } = await connectOpenai(options);
  return {
    baseUrl,
    // the generic call, since servers take bodies that the package's types do not know
    complete: (body) => send((client, request) => client.post("/chat/completions", { ...request, body }).asResponse()),
  };
}
