import type { LeakageReport } from "./data-card.ts";
import { createOverlapIndex } from "./overlap-index.ts";
import { textDigest } from "./text-digest.ts";
import type { LeakKind } from "./training-options.ts";

/** What is known of a dataset that systems are evaluated on. */
export type EvaluationSet = {
  readonly dataset: string;
  /** Its id, and what else training rows call it. */
  readonly names: readonly string[];
  readonly queries: readonly { readonly id: string; readonly text: string }[];
  readonly goldIds: ReadonlySet<string>;
  /** Digests of relevant documents' texts, with their ids; undefined where the documents are not here. */
  readonly goldTexts: ReadonlyMap<string, string> | undefined;
  /** Why nothing, or not all, could be compared. */
  readonly missing: string | undefined;
};

/** What could leak of an item of training data. */
export type LeakSubject = {
  /** As messages call it. */
  readonly id: string;
  readonly documents: readonly { readonly dataset: string; readonly id: string; readonly text: string }[];
  /** Queries, or what is written as one. */
  readonly texts: readonly string[];
  /** Whether its source says that a document of it is relevant in a test; undefined where it says nothing. */
  readonly flaggedGold: boolean | undefined;
};

export type LeakRules = {
  /** As `createOverlapIndex` takes it. */
  readonly overlap: number;
  readonly exclude: readonly LeakKind[];
};

export type LeakageCheck = {
  /** Looks at an item and counts what it finds. @returns whether the item is to be left out */
  excludes(subject: LeakSubject): boolean;
  report(): LeakageReport;
};

type Found = { readonly kind: LeakKind; readonly with: string; readonly overlap?: number };
type Tally = {
  readonly counts: Record<LeakKind, number>;
  readonly examples: LeakageReport["sets"][number]["examples"];
};

const SHOWN = 5;

/** Compares items with the queries and the relevant documents of evaluation sets. An item counts once for every set and kind. */
export function openLeakageCheck(sets: readonly EvaluationSet[], { overlap, exclude }: LeakRules): LeakageCheck {
  const known = sets.map((set) => ({
    set,
    index: createOverlapIndex(set.queries, overlap),
    tally: { counts: noCounts(), examples: [] } satisfies Tally,
  }));
  const excluded = { items: 0, byKind: noCounts() };
  const flagged = new Map<string, { items: number; gold: number }>();
  let items = 0;

  function findAll(subject: LeakSubject): ReadonlySet<LeakKind> {
    const kinds = new Set<LeakKind>();
    for (const { set, index, tally } of known) {
      const found = [...leakedQueries(subject, index), ...leakedGold(subject, set)];
      for (const leak of firstOfKind(found)) {
        kinds.add(leak.kind);
        note(tally, subject.id, leak);
      }
    }
    if (subject.flaggedGold === undefined) return kinds;
    const source = subject.documents[0]?.dataset ?? "";
    const { items: told, gold } = flagged.get(source) ?? { items: 0, gold: 0 };
    flagged.set(source, { items: told + 1, gold: gold + Number(subject.flaggedGold) });
    if (subject.flaggedGold) kinds.add("flagged-gold");
    return kinds;
  }

  return {
    excludes(subject) {
      items += 1;
      const reasons = [...findAll(subject)].filter((kind) => exclude.includes(kind));
      for (const kind of reasons) excluded.byKind[kind] += 1;
      excluded.items += reasons.length > 0 ? 1 : 0;
      return reasons.length > 0;
    },
    report: () => ({
      overlap,
      exclude: [...exclude],
      items,
      excluded,
      flagged: Array.from(flagged, ([source, counts]) => ({ source, ...counts })),
      sets: known.map(({ set, tally }) => ({
        dataset: set.dataset,
        compared: {
          queries: set.queries.length,
          goldIds: set.goldIds.size,
          goldTexts: set.goldTexts?.size ?? null,
        },
        missing: set.missing ?? null,
        found: tally.counts,
        examples: tally.examples,
      })),
    }),
  };
}

function leakedQueries({ texts }: LeakSubject, index: ReturnType<typeof createOverlapIndex>): readonly Found[] {
  return texts.flatMap((text) => {
    const nearest = index.nearest(text);
    if (nearest === undefined) return [];
    const { id, overlap, same } = nearest;
    return [{ kind: same ? "query" : "paraphrase", with: id, overlap } as const];
  });
}

/** By id where the dataset is said to be the same, and by text whatever it is called. */
function leakedGold({ documents }: LeakSubject, { names, goldIds, goldTexts }: EvaluationSet): readonly Found[] {
  return documents.flatMap(({ dataset, id, text }) => {
    if (goldIds.has(id) && names.some((name) => isSameDataset(dataset, name)))
      return [{ kind: "gold-document", with: id } as const];
    const digest = textDigest(text);
    const twin = digest === undefined ? undefined : goldTexts?.get(digest);
    return twin === undefined ? [] : [{ kind: "gold-document", with: twin } as const];
  });
}

/** Spelling aside, as `beir/ClimateFever` is `beir/climate-fever`; a name without its benchmark is that of any. */
function isSameDataset(dataset: string, name: string): boolean {
  const [one, other] = [plainName(dataset), plainName(name)];
  return one === other || (!other.includes("/") && one.endsWith(`/${other}`));
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}/]/gu, "");
}

function firstOfKind(found: readonly Found[]): readonly Found[] {
  return found.filter(({ kind }, at) => found.findIndex((other) => other.kind === kind) === at);
}

function note({ counts, examples }: Tally, item: string, { kind, with: other, overlap }: Found): void {
  counts[kind] += 1;
  if (examples.filter((example) => example.kind === kind).length === SHOWN) return;
  examples.push({ kind, item, with: other, ...(overlap === undefined ? {} : { overlap }) });
}

function noCounts(): Record<LeakKind, number> {
  return { query: 0, paraphrase: 0, "gold-document": 0, "flagged-gold": 0 };
}
