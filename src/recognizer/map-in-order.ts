/**
 * Maps items with at most `limit` in work at once and yields the results in the items' order. Stops taking new items
 * when the consumer stops or a result throws; what is in work is waited for.
 */
export async function* mapInOrder<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  limit: number,
  map: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const inWork: Promise<Result>[] = [];
  try {
    for await (const item of items) {
      const result = map(item);
      // Awaited in order below; until then a rejection must not count as unhandled.
      result.catch(() => undefined);
      inWork.push(result);
      if (inWork.length >= limit) yield await inWork.shift()!;
    }
    while (inWork.length > 0) yield await inWork.shift()!;
  } finally {
    await Promise.allSettled(inWork);
  }
}
