import type { CommandModule } from "yargs";

type Flags = { readonly result: boolean };

export const schemaCommand: CommandModule<object, Flags> = {
  command: "schema",
  describe: "Print the JSON Schema of run files, for editors, or of results",
  builder: { result: { type: "boolean", default: false, describe: "of result.json" } },
  async handler({ result }) {
    console.log(JSON.stringify(await (result ? resultSchema() : runFileSchema()), undefined, 2));
  },
};

async function runFileSchema(): Promise<unknown> {
  const { experimentJsonSchema } = await import("../plan/json-schema.ts");
  return experimentJsonSchema();
}

async function resultSchema(): Promise<unknown> {
  const { resultJsonSchema } = await import("../report/result-schema.ts");
  return resultJsonSchema();
}
