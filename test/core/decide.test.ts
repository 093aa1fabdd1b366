import { describe, expect, it } from 'vitest';
import { decide } from '../../src/core/decide.ts';
import { identifyThreshold } from '../../src/recognizer/thresholds.ts';

describe('decide', () => {
  it('knows nobody in an empty gallery', () => {
    expect(decide(null, null, 0.6, 0.02)).toBe('unknown');
  });

  it('matches up to the threshold itself and no further', () => {
    expect(decide(0.5, null, 0.5, 0.02)).toBe('match');
    expect(decide(0.5001, null, 0.5, 0.02)).toBe('unknown');
  });

  it('does not choose between two people who are equally near', () => {
    expect(decide(0.4, 0.41, 0.5, 0.02)).toBe('ambiguous');
    expect(decide(0.4, 0.43, 0.5, 0.02)).toBe('match');
    expect(decide(0.4, 0.4, 0.5, 0)).toBe('match');
  });
});

describe('identifyThreshold', () => {
  it('falls as people are enrolled and never rises', () => {
    let last = identifyThreshold(0);
    for (const people of [1, 2, 5, 10, 50, 100, 500, 1000, 5000, 100_000]) {
      const threshold = identifyThreshold(people);
      expect(threshold).toBeLessThanOrEqual(last);
      last = threshold;
    }
    expect(identifyThreshold(100)).toBeLessThan(identifyThreshold(10));
  });

  it('refuses numbers that count nobody', () => {
    expect(() => identifyThreshold(-1)).toThrow(RangeError);
    expect(() => identifyThreshold(1.5)).toThrow(RangeError);
  });
});
