import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import { HarnessError } from "./errors.ts";

/**
 * Anything a spec can name: a retriever, an encoder, a fuser, a dataset format.
 *
 * `Services` is what the room hands to every component it builds (caches, clients, clocks); most rooms need none.
 */
export type Component<Kind extends string, Options extends z.ZodType, Made, Services = void> = {
  readonly kind: Kind;
  /** One line for `spikebench list` and for the README table. */
  readonly summary: string;
  /** Paper, specification or reference implementation the behaviour follows. */
  readonly source: string;
  readonly options: Options;
  create(options: z.output<Options>, services: Services): Made;
};

/** Components of one room by kind. Declare it `as const satisfies Registry<...>` so that kinds stay literal. */
export type Registry<Made, Services = void> = Readonly<Record<string, Component<string, z.ZodType, Made, Services>>>;

/** How a spec names a component: its `kind` and that component's own options. */
export type Fragment = { readonly kind: string; readonly [option: string]: unknown };

/** The known name nearest to a mistyped one, as a sentence; empty when nothing is near. */
export function didYouMean(found: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const lower = known.map((name) => name.toLowerCase());
  const nearest = closest(found.toLowerCase(), lower);
  const near = distance(found.toLowerCase(), nearest) <= Math.max(2, found.length / 3);
  return near ? `Did you mean \`${known[lower.indexOf(nearest)]}\`?` : "";
}

/**
 * Options of the component that a fragment names, checked and with defaults filled in.
 *
 * @param where what the error message points at, e.g. `runs/a.yaml:4:12`
 * @throws {HarnessError} `UNKNOWN_COMPONENT` when the room has no such `kind`; `SPEC_INVALID` when the options do not fit
 */
export function checkFragment<Made, Services>(
  room: string,
  registry: Registry<Made, Services>,
  fragment: Fragment,
  where?: string,
): { readonly component: Registry<Made, Services>[string]; readonly options: unknown } {
  const { kind, ...rest } = fragment;
  const known = Object.keys(registry);
  const component = Object.hasOwn(registry, kind) ? registry[kind] : undefined;
  if (component === undefined) {
    const article = /^[aeiou]/.test(room) ? "an" : "a";
    throw new HarnessError("UNKNOWN_COMPONENT", `expected ${article} ${room} (${known.join(", ")}), got \`${kind}\`.`, {
      where,
      hint: didYouMean(kind, known),
    });
  }
  const parsed = component.options.safeParse(rest);
  if (!parsed.success) {
    throw new HarnessError("SPEC_INVALID", `${room} \`${kind}\`: ${describeIssues(parsed.error, component.options)}`, {
      where,
    });
  }
  return { component, options: parsed.data };
}

/** Builds the component a fragment names. @throws as `checkFragment` */
export function createComponent<Made, Services>(
  room: string,
  registry: Registry<Made, Services>,
  fragment: Fragment,
  services: Services,
): Made {
  const { component, options } = checkFragment(room, registry, fragment);
  return component.create(options, services);
}

/** One sentence an issue: where in the options, what was expected, what was found. */
function describeIssues(error: z.ZodError, schema: z.ZodType): string {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  return error.issues
    .map((issue) => {
      const path = issue.path.map(String).join(".");
      if (issue.code !== "unrecognized_keys") return `${path === "" ? "" : `\`${path}\`: `}${sentence(issue.message)}`;
      const key = issue.keys[0] ?? "";
      return [`unknown key \`${key}\`; expected ${known.join(", ") || "no options"}.`, didYouMean(key, known)]
        .filter(Boolean)
        .join(" ");
    })
    .join(" ");
}

/** zod's messages lack the full stop; those of a nested component have it. */
function sentence(message: string): string {
  return /[.?!]$/.test(message) ? message : `${message}.`;
}
