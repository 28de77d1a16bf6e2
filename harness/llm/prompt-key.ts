import { canonicalJson, hashBytes } from "../storage/content-hash.ts";
import type { ChatClient, Prompt } from "./types.ts";

/** Raised when an outcome that was kept no longer means what it meant. */
const SCHEMA = 1;

/** What the outcomes of a client are kept under: its identity in clear, and the name of their folder. */
export function clientRecord({ identity }: Pick<ChatClient, "identity">) {
  const record = { schema: SCHEMA, identity };
  return { record, folder: hashBytes(canonicalJson(record)).slice(0, 32) };
}

/** Key of a prompt to a client, sha256 in hex: model, server, sampling, messages, schema and the number of the sample. */
export function promptKeys({ identity }: Pick<ChatClient, "identity">): (prompt: Prompt) => string {
  const head = canonicalJson([SCHEMA, identity]).slice(0, -1);
  // one schema is asked for again and again
  const schemas = new WeakMap<object, string>();
  function schemaText(schema: NonNullable<Prompt["schema"]>): string {
    const text = schemas.get(schema) ?? canonicalJson(schema.schema);
    schemas.set(schema, text);
    return text;
  }
  function keyOf({ messages, schema, sample = 0 }: Prompt): string {
    const said = JSON.stringify(messages.map(({ role, content }) => [role, content]));
    return hashBytes(`${head},[${said},${schema === undefined ? "null" : schemaText(schema)},${sample}]]`);
  }
  // a prompt is looked up more than once on its way
  const keys = new WeakMap<Prompt, string>();
  return (prompt) => {
    const key = keys.get(prompt) ?? keyOf(prompt);
    keys.set(prompt, key);
    return key;
  };
}
