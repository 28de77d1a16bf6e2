/** What a cell is: one system on one dataset. A base cell has neither scenarios nor fusion nor alpha. */
export type CellAxes = {
  readonly retriever: string;
  readonly dataset: string;
  /** Name of the query set; `original` is the dataset's own. */
  readonly queries: string;
  readonly scenarios: string | null;
  readonly fusion: string | null;
  readonly alpha: number | null;
};
