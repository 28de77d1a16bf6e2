import { readFile, writeFile } from "node:fs/promises";
import { z } from "zod";

const request = z.object({
  custom_id: z.string(),
  method: z.literal("POST"),
  url: z.literal("/v1/chat/completions"),
  body: z.looseObject({ model: z.string() }),
});

export type BatchRow = Readonly<Record<string, unknown>>;

/** The requests of a file. */
export async function requestsOf(path: string) {
  const lines = (await readFile(path, "utf8")).split("\n").filter((line) => line !== "");
  return lines.map((line) => request.parse(JSON.parse(line)));
}

/** Writes rows one a line. */
export async function writeRows(path: string, rows: readonly BatchRow[]): Promise<void> {
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
}

/**
 * What `vllm run-batch -i INPUT` writes, a row a request, with a chat server in the place of the model.
 *
 * Layout: vllm/entrypoints/openai/run_batch.py at 0056ae7: `error` is null, an ErrorResponse beside a response without body,
 * or, after an exception, a text beside status 400; of an unknown model `_check_model` says 404.
 */
export async function answersOf(input: string, baseUrl: string, served?: string): Promise<readonly BatchRow[]> {
  const rows: BatchRow[] = [];
  for (const [index, { custom_id, body }] of (await requestsOf(input)).entries()) {
    const row = (status_code: number, answer: unknown, error: unknown) => ({
      ...{ id: `vllm-${index}`, custom_id },
      ...{ response: { status_code, request_id: `vllm-batch-${index}`, body: answer }, error },
    });
    if (served !== undefined && served !== body.model) {
      rows.push(row(404, null, errorResponse(404, `The model \`${body.model}\` does not exist.`)));
      continue;
    }
    const answer = await fetch(`${baseUrl}/chat/completions`, { method: "POST", body: JSON.stringify(body) });
    const said: unknown = await answer.json();
    rows.push(
      answer.ok ? row(200, said, null) : row(answer.status, null, errorResponse(answer.status, "not this one")),
    );
  }
  return rows;
}

function errorResponse(code: number, message: string) {
  return { error: { message, type: code === 404 ? "NotFoundError" : "BadRequestError", param: null, code } };
}
