import { refused, requireKind } from '../core/arguments.ts';
/**
 * Runs `work` on the items, at most `limit` at once, and yields the results in the items' order.
 * A slow item holds back the results after it, but not the work: up to twice `limit` items are ahead of the reader.
 * requires  limit >= 1
 * ensures   when it ends for any reason, nothing it started still runs, and nothing more is started
 * throws    what `work` throws, at that item's turn
 */
export async function* mapInOrder<Item, Result>(
  items: Iterable<Item>,
  limit: number,
  work: (item: Item, index: number) => Promise<Result>,
): AsyncGenerator<Result, void, undefined> {
  if (typeof Object(items)[Symbol.iterator] !== 'function') throw refused('items', 'an iterable', items);
  if (!(limit >= 1)) throw refused('limit', 'a number of at least 1', limit);
  requireKind('work', 'function', work);
  const gate = openGate(limit);
  const ahead: Promise<Result>[] = [];
  let index = 0;
  const start = (item: Item): void => {
    const position = index++;
    const result = gate.pass(() => work(item, position));
    // The failure is met at its turn; until then it must not count as unhandled.
    result.catch(() => {});
    ahead.push(result);
  };
  try {
    for (const item of items) {
      start(item);
      if (ahead.length >= 2 * limit) yield await ahead.shift()!;
    }
    while (ahead.length > 0) yield await ahead.shift()!;
  } finally {
    gate.shut();
    await Promise.allSettled(ahead);
  }
}

interface Gate {
  pass<T>(work: () => Promise<T>): Promise<T>;
  /** Whoever still waits is turned away. */
  shut(): void;
}

function openGate(limit: number): Gate {
  const waiting: (() => void)[] = [];
  let running = 0;
  let open = true;
  return {
    async pass(work) {
      if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
      if (!open) throw new Error('The work was given up.');
      running++;
      try {
        return await work();
      } finally {
        running--;
        waiting.shift()?.();
      }
    },
    shut() {
      open = false;
      for (const enter of waiting.splice(0)) enter();
    },
  };
}
