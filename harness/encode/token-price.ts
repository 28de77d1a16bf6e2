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

/** What a million input tokens of a model cost in USD at a server, and who says so since when. */
export type TokenPrice = z.output<typeof tableSchema>["prices"][number];

/** The shipped table. @throws {z.ZodError} when it is not one */
export function tokenPrices(): readonly TokenPrice[] {
  const file = new URL("openai-prices.yaml", import.meta.url);
  return tableSchema.parse(parseYaml(readFileSync(file, "utf8"), file.pathname, () => false).value).prices;
}

/** The latest price that holds for all of the servers; undefined when one has none, or they differ. */
export function priceOf(
  prices: readonly TokenPrice[],
  { model, baseUrls }: { readonly model: string; readonly baseUrls: readonly string[] },
): TokenPrice | undefined {
  const [first, ...others] = baseUrls.map((url) =>
    prices
      .filter((price) => price.host === new URL(url).host && price.model === model)
      .reduce<TokenPrice | undefined>(
        (latest, price) => (latest && latest.date > price.date ? latest : price),
        undefined,
      ),
  );
  return others.every((other) => other?.usdPerMillionTokens === first?.usdPerMillionTokens) ? first : undefined;
}
