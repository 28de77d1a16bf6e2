import { z } from "zod";
import type { DescribedComponents } from "../component.ts";
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
  const schema = z.toJSONSchema(experimentSchema, { io: "input" }) as JsonSchema & {
    properties: Record<string, JsonSchema>;
  };
  const members = {
    of: {
      type: "array",
      items: { type: "string" },
      minItems: 2,
      description: "Names of the retrievers that it merges.",
    },
  };
  const fusion = { anyOf: fusionFragments() };
  const named = (alternative: JsonSchema) => ({ type: "object", additionalProperties: alternative });
  const known = {
    retrievers: named({ oneOf: [...fragments(retrievers), ...fragments(rankingFusers, members)] }),
    scenarios: named({ oneOf: fragments(scenarioSources) }),
    queries: named({ oneOf: [...fragments(expansions), inputSchema(fileSchema)] }),
    fusions: named(fusion),
    fusion,
  };
  const described = Object.entries(known).map(([key, more]) => {
    const { description, default: absent } = schema.properties[key] ?? {};
    return [key, { description, ...(absent !== undefined && { default: absent }), ...more }];
  });
  return {
    ...schema,
    title: "spikebench run file",
    properties: { ...schema.properties, ...Object.fromEntries(described) },
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

type FragmentSchema = JsonSchema & {
  readonly properties: JsonSchema & { readonly kind: { readonly const: string } };
  readonly required: readonly string[];
};

function inputSchema(schema: z.ZodType) {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" }) as JsonSchema & {
    properties?: Record<string, JsonSchema>;
    required?: readonly string[];
  };
  return rest;
}

/** A schema for each kind of a room: `kind` and that component's options, those of the components that it names too. */
function fragments(components: DescribedComponents, more: JsonSchema = {}): readonly FragmentSchema[] {
  return Object.entries(components).map(([kind, { summary, options, fragments: named = {} }]) => {
    const { properties, required, ...rest } = inputSchema(options);
    const nested = Object.fromEntries(
      Object.entries(named).map(([option, registry]) => {
        const { description } = properties?.[option] ?? {};
        return [option, { ...(description !== undefined && { description }), oneOf: fragments(registry) }];
      }),
    );
    return {
      ...rest,
      description: summary,
      properties: { kind: { const: kind }, ...properties, ...nested, ...more },
      required: ["kind", ...(required ?? []), ...Object.keys(more)],
    };
  });
}
