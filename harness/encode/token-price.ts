import { readFileSync } from "node:fs";
import { z } from "zod";
import { parseYaml } from "../storage/yaml-source.ts";

const tableSchema = z.strictObject({
  prices: z.array(
    z.strictObject({
      host: z.string().min(1),
      model: z.string().min(1),
      usdPerMillionTokens: z.number().nonnegative(),
      source: z.string().min(1),
      date: z.iso.date(),
    }),
  ),
});

/** Price of a model at a server, as the table has it. */
export type ListedPrice = z.output<typeof tableSchema>["prices"][number];

/** What a million input tokens cost in USD, and who says so since when (undefined: it is not known when). */
export type TokenPrice = Pick<ListedPrice, "usdPerMillionTokens" | "source"> & { readonly date: string | undefined };

/** Cost of tokens in USD; undefined without a price. */
export function costOf(tokens: number, price: TokenPrice | undefined): number | undefined {
  return price === undefined ? undefined : (tokens * price.usdPerMillionTokens) / 1e6;
}

/** The shipped table. @throws {z.ZodError} when it is not one */
export function tokenPrices(): readonly ListedPrice[] {
  const file = new URL("openai-prices.yaml", import.meta.url);
  return tableSchema.parse(parseYaml(readFileSync(file, "utf8"), file.pathname, () => false).value).prices;
}

/** The latest price that holds for all of the servers; undefined when one has none, or they differ. */
export function priceOf(
  prices: readonly ListedPrice[],
  { model, baseUrls }: { readonly model: string; readonly baseUrls: readonly string[] },
): ListedPrice | undefined {
  const [first, ...others] = baseUrls.map((url) =>
    prices
      .filter((price) => price.host === new URL(url).host && price.model === model)
      .reduce<ListedPrice | undefined>(
        (latest, price) => (latest && latest.date > price.date ? latest : price),
        undefined,
      ),
  );
  return others.every((other) => other?.usdPerMillionTokens === first?.usdPerMillionTokens) ? first : undefined;
}
