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
  /** Options that name a component of another registry, by name: the schema of run files shows that one's kinds. */
  readonly fragments?: Readonly<Record<string, DescribedComponents>>;
  create(options: z.output<Options>, services: Services): Made;
};

/** What can be said of components without building one. */
export type DescribedComponents = Readonly<
  Record<
    string,
    {
      readonly summary: string;
      readonly options: z.ZodType;
      readonly fragments?: Readonly<Record<string, DescribedComponents>>;
    }
  >
>;

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

/** Characters of a value that a message shows. */
const LONGEST_FOUND = 120;

/** What an error message points at, e.g. `runs/a.yaml:4:12`; as a function, of a part of the fragment. */
export type Where = string | ((path: readonly (string | number)[]) => string) | undefined;

/** `otherKinds` would do in this place too, though another registry holds them. */
export type CheckOptions = { readonly where?: Where; readonly otherKinds?: readonly string[] };

/**
 * Options of the component that a fragment names, checked and with defaults filled in.
 *
 * @throws {HarnessError} `UNKNOWN_COMPONENT` when the room has no such `kind`; `SPEC_INVALID` when the options do not fit
 */
export function checkFragment<Made, Services>(
  room: string,
  registry: Registry<Made, Services>,
  fragment: Fragment,
  { where, otherKinds = [] }: CheckOptions = {},
): { readonly component: Registry<Made, Services>[string]; readonly options: unknown } {
  const { kind, ...rest } = fragment;
  const place = typeof where === "function" ? where : () => where;
  const known = [...Object.keys(registry), ...otherKinds];
  const component = Object.hasOwn(registry, kind) ? registry[kind] : undefined;
  if (component === undefined) {
    const article = /^[aeiou]/.test(room) ? "an" : "a";
    throw new HarnessError("UNKNOWN_COMPONENT", `expected ${article} ${room} (${known.join(", ")}), got \`${kind}\`.`, {
      where: place(["kind"]),
      hint: didYouMean(kind, known),
    });
  }
  const parsed = component.options.safeParse(rest, { reportInput: true });
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    const key = first?.code === "unrecognized_keys" ? first.keys.slice(0, 1) : [];
    const path = [...(first?.path ?? []), ...key].filter((step) => typeof step !== "symbol");
    throw new HarnessError("SPEC_INVALID", `${room} \`${kind}\`: ${describeIssues(parsed.error, component.options)}`, {
      where: place(path),
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
      if (issue.code !== "unrecognized_keys") return `${path === "" ? "" : `\`${path}\`: `}${describeIssue(issue)}`;
      const key = issue.keys[0] ?? "";
      return [`unknown key \`${key}\`; expected ${known.join(", ") || "no options"}.`, didYouMean(key, known)]
        .filter(Boolean)
        .join(" ");
    })
    .join(" ");
}

/**
 * A schema's complaint as `expected ..., got ....`; the value is shown where the schema was told to report it.
 *
 * zod's own messages differ in form ("Invalid input: ", "Too big: "); those of a nested component are sentences already.
 */
export function describeIssue(issue: { readonly message: string; readonly input?: unknown }): string {
  const text = issue.message
    .replace(/^(Invalid (input|option|string)|Too (big|small)): /, "")
    .replace(" to be <=", " of at most ")
    .replace(" to be >=", " of at least ")
    .replace(" to be >", " above ")
    .replace(" to be <", " below ");
  if (/[.?!]$/.test(text)) return text;
  const [expected] = text.split(", received");
  return `${expected}, got ${foundText(issue.input)}.`;
}

/** What was found, as a file could have said it; of a long one the beginning, as it may be a whole file. */
function foundText(found: unknown): string {
  if (found === undefined) return "nothing";
  const text = typeof found === "number" ? String(found) : JSON.stringify(found);
  return text.length <= LONGEST_FOUND ? text : `${text.slice(0, LONGEST_FOUND)}...`;
}
