import { describe, expect, it } from 'vitest';
import { TextSet } from '../../src/portable/text-set.ts';

describe('a set of texts', () => {
  it('knows each that was added, and no other', () => {
    const set = new TextSet();
    const texts = Array.from({ length: 20_000 }, (_, i) => `text ${i}`);
    expect(texts.map((text) => set.add(text)).every(Boolean)).toBe(true);
    expect(texts.some((text) => set.add(text))).toBe(false);
    expect(texts.every((text) => set.has(text))).toBe(true);
    expect(texts.some((text) => set.has(`${text}.`))).toBe(false);
    expect(set.has('')).toBe(false);
  });
});
