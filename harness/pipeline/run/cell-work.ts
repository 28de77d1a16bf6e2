import type { PlannedCell } from "../../plan/plan-types.ts";
import type { CellLayout } from "../../storage/layout.ts";

/** A cell of the plan and where its files are. */
export type CellWork = { readonly cell: PlannedCell; readonly layout: CellLayout };
