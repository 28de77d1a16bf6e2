import type { HealthCheck } from "../domain/health.ts";
import { oneLine } from "./figure-text.ts";

/** A line a check, for a terminal: its state, its name, what was found, and what to do. */
export function renderHealth(checks: readonly HealthCheck[]): string {
  const width = Math.max(0, ...checks.map(({ name }) => name.length));
  const lines = checks.map(({ name, state, found, hint }) => {
    const text = hint === null ? found : `${found}. ${hint}`;
    return `${state.padEnd(4)}  ${name.padEnd(width)}  ${oneLine(text)}`;
  });
  return `${lines.join("\n")}\n`;
}
