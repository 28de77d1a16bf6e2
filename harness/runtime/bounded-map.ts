/**
 * Maps items with at most `limit` running at once; results come back in the order of the items. After the first failure
 * no further item is started, and the failure is thrown once those under way have ended.
 */
export async function boundedMap<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const failures: unknown[] = [];
  let next = 0;
  async function worker(): Promise<void> {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      try {
        results.set(index, await work(items[index] as Item, index));
      } catch (error) {
        failures.push(error);
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failures.length > 0) throw failures[0];
  return items.map((_, index) => results.get(index) as Result);
}
