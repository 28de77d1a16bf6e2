import { z } from "zod";
import { rankingFusers } from "../fuse/registry.ts";
import { retrievers } from "../retrieve/registry.ts";
import { scenarioSources } from "../scenarios/registry.ts";
import { experimentSchema } from "../spec/experiment-spec.ts";

type JsonSchema = Record<string, unknown>;

/**
 * JSON Schema (draft 2020-12) of a run file, with the options of every registered component, so that an editor can
 * complete them.
 */
export function experimentJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(experimentSchema, { io: "input" }) as JsonSchema & { properties: JsonSchema };
  const members = { of: { type: "array", items: { type: "string" }, minItems: 2 } };
  return {
    ...schema,
    title: "spikebench run file",
    properties: {
      ...schema.properties,
      retrievers: named([...fragments(retrievers), ...fragments(rankingFusers, members)]),
      scenarios: named(fragments(scenarioSources)),
    },
  };
}

function named(alternatives: readonly JsonSchema[]): JsonSchema {
  return { type: "object", additionalProperties: { oneOf: alternatives } };
}

type Components = Readonly<Record<string, { readonly summary: string; readonly options: z.ZodType }>>;

/** A schema for each kind of a room: `kind` and that component's options. */
function fragments(components: Components, more: JsonSchema = {}): readonly JsonSchema[] {
  return Object.entries(components).map(([kind, { summary, options }]) => {
    const {
      $schema: _,
      properties,
      required,
      ...rest
    } = z.toJSONSchema(options, { io: "input" }) as JsonSchema & {
      properties?: JsonSchema;
      required?: readonly string[];
    };
    return {
      ...rest,
      description: summary,
      properties: { kind: { const: kind }, ...properties, ...more },
      required: ["kind", ...(required ?? []), ...Object.keys(more)],
    };
  });
}
