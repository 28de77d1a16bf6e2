import type { EncoderFolder } from "../../encode/cache-inventory.ts";
import { HarnessError } from "../../errors.ts";

/**
 * The encoder whose id begins so; for what is removed or moved, a beginning that several share is not enough.
 *
 * @throws {HarnessError} `USAGE`
 */
export function findEncoder(folders: readonly EncoderFolder[], prefix: string): EncoderFolder {
  const found = folders.filter(({ id }) => id.startsWith(prefix.toLowerCase()));
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const what = found.length === 0 ? "none" : `${found.length}: ${found.map(({ id }) => id).join(", ")}`;
  throw new HarnessError("USAGE", `expected one encoder whose id begins with \`${prefix}\`, found ${what}.`, {
    hint: "`spikebench cache ls` shows them.",
  });
}
