import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mapInOrder } from '../../src/recognizer/map-in-order.ts';

async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const result of results) all.push(result);
  return all;
}

describe('mapInOrder', () => {
  it('yields in the order of the items, however long each takes', async () => {
    const results = mapInOrder([30, 1, 20, 2], 3, async (ms, index) => {
      await sleep(ms);
      return `${index}:${ms}`;
    });
    expect(await collect(results)).toEqual(['0:30', '1:1', '2:20', '3:2']);
  });

  it('never has more in work than allowed, and goes on behind a slow item', async () => {
    let inWork = 0;
    let most = 0;
    const started: number[] = [];
    const results = mapInOrder([40, 1, 1, 1, 1], 2, async (ms, index) => {
      started.push(index);
      most = Math.max(most, ++inWork);
      await sleep(ms);
      inWork--;
      return started.length;
    });
    const all = await collect(results);
    expect(most).toBe(2);
    expect(all[0]).toBeGreaterThanOrEqual(4);
  });

  it('throws what the work throws at its turn, after everything in work has ended', async () => {
    const ended: number[] = [];
    const seen: number[] = [];
    const run = async (): Promise<void> => {
      for await (const result of mapInOrder([1, 2, 3, 4, 5, 6, 7, 8], 2, async (item) => {
        await sleep(item === 3 ? 1 : 10);
        ended.push(item);
        if (item === 2) throw new Error('two is bad');
        return item;
      })) {
        seen.push(result);
      }
    };
    await expect(run()).rejects.toThrow('two is bad');
    expect(seen).toEqual([1]);
    const count = ended.length;
    await sleep(30);
    expect(ended).toHaveLength(count);
    expect(count).toBeLessThan(8);
  });

  it('starts nothing more when the reader stops', async () => {
    const started: number[] = [];
    for await (const _ of mapInOrder([1, 2, 3, 4, 5, 6, 7, 8], 1, async (item) => started.push(item))) break;
    expect(started.length).toBeLessThan(4);
  });
});
