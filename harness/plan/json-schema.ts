import { z } from "zod";
import { encoders } from "../encode/registry.ts";
import { expansions } from "../expand/registry.ts";
import { channelFusers, rankingFusers } from "../fuse/registry.ts";
import { retrievers } from "../retrieve/registry.ts";
import { scenarioSources } from "../scenarios/registry.ts";
import { experimentSchema, fileSchema } from "../spec/experiment-spec.ts";

type JsonSchema = Record<string, unknown>;

/**
 * JSON Schema (draft 2020-12) of a run file, with the options of every registered component, so that an editor can
 * complete them.
 */
export function experimentJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(experimentSchema, { io: "input" }) as JsonSchema & { properties: JsonSchema };
  const members = { of: { type: "array", items: { type: "string" }, minItems: 2 } };
  const fusion = { anyOf: fusionFragments() };
  return {
    ...schema,
    title: "spikebench run file",
    properties: {
      ...schema.properties,
      retrievers: named([...fragments(retrievers).map(withEncoders), ...fragments(rankingFusers, members)]),
      scenarios: named(fragments(scenarioSources)),
      queries: named([...fragments(expansions), inputSchema(fileSchema)]),
      fusions: { type: "object", additionalProperties: fusion },
      fusion,
    },
  };
}

/** A fusion names its kind by `kind` or `preset`; without either it is a weighted sum. */
function fusionFragments(): readonly JsonSchema[] {
  return fragments(channelFusers).flatMap(({ properties, required: _, ...rest }) => {
    const { kind, ...options } = properties;
    const byName = ["kind", "preset"].map((name) => ({
      ...rest,
      properties: { [name]: kind, ...options },
      required: [name],
    }));
    return kind.const === "weighted-sum" ? [{ ...rest, properties: options }, ...byName] : byName;
  });
}

/** An option called `encoder` is a fragment of that room. */
function withEncoders(fragment: FragmentSchema): FragmentSchema {
  if (!Object.hasOwn(fragment.properties, "encoder")) return fragment;
  return { ...fragment, properties: { ...fragment.properties, encoder: { oneOf: fragments(encoders) } } };
}

function named(alternatives: readonly JsonSchema[]): JsonSchema {
  return { type: "object", additionalProperties: { oneOf: alternatives } };
}

type Components = Readonly<Record<string, { readonly summary: string; readonly options: z.ZodType }>>;

type FragmentSchema = JsonSchema & {
  readonly properties: JsonSchema & { readonly kind: { readonly const: string } };
  readonly required: readonly string[];
};

function inputSchema(schema: z.ZodType) {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" }) as JsonSchema & {
    properties?: JsonSchema;
    required?: readonly string[];
  };
  return rest;
}

/** A schema for each kind of a room: `kind` and that component's options. */
function fragments(components: Components, more: JsonSchema = {}): readonly FragmentSchema[] {
  return Object.entries(components).map(([kind, { summary, options }]) => {
    const { properties, required, ...rest } = inputSchema(options);
    return {
      ...rest,
      description: summary,
      properties: { kind: { const: kind }, ...properties, ...more },
      required: ["kind", ...(required ?? []), ...Object.keys(more)],
    };
  });
}
