/**
 * One indexed text of a document: its body, or a scenario (which has no title). A body's `id` is the document's; the n-th
 * scenario of a document, from 0, is `<doc id>#<n>`.
 */
export type View = { readonly id: string; readonly title: string; readonly text: string };

/** Id of the n-th scenario of a document, `position` from 0. */
export function scenarioId(docId: string, position: number): string {
  return `${docId}#${position}`;
}

/** What a view is to the document; encoders may instruct them differently. */
export type ViewRole = "document" | "scenario";

/**
 * Views in a fixed order: row `i` of everything computed from the collection belongs to view `i`.
 * A collection is streamed, so that memory stays flat in its size; small scenario sets are held in memory.
 */
export type ViewCollection = {
  /** sha256 (hex) over every view and its boundaries, in order. */
  readonly contentHash: string;
  readonly count: number;
  /** Reads all views from the start; every call is a new pass. */
  views(): AsyncIterable<View> | Iterable<View>;
  /** Reads the views from row `first` on; only of a collection that need not read those before. */
  readonly from?: ((first: number) => AsyncIterable<View> | Iterable<View>) | undefined;
};

/** Views from row `first` on; where the collection cannot begin there those before are read and passed over. */
export async function* viewsFrom(views: ViewCollection, first: number): AsyncGenerator<View, undefined> {
  let left = views.from === undefined ? first : 0;
  for await (const view of views.from?.(first) ?? views.views()) {
    if (left === 0) yield view;
    else left -= 1;
  }
}

/** Views `first` up to, not including, `end`. */
export function sliceViews(views: ViewCollection, { first, end }: { readonly first: number; readonly end: number }) {
  return {
    contentHash: `${views.contentHash}:${first}-${end}`,
    count: end - first,
    async *views() {
      let row = first;
      if (row >= end) return;
      for await (const view of viewsFrom(views, first)) {
        yield view;
        // asked before the next one is read, which may be far away
        if (++row >= end) return;
      }
    },
  } satisfies ViewCollection;
}

/** Title and text as one string, as BEIR composes them: joined by a space. A view without a title is its text as it stands. */
export function composeView({ title, text }: View): string {
  return title === "" ? text : `${title} ${text}`.trim();
}
