import type { CommandModule } from "yargs";

export const schemaCommand: CommandModule = {
  command: "schema",
  describe: "Print the JSON Schema of run files, for editors",
  async handler() {
    const { experimentJsonSchema } = await import("../plan/json-schema.ts");
    console.log(JSON.stringify(experimentJsonSchema(), undefined, 2));
  },
};
