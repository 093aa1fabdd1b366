import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { challengeSequences, drawChallenge } from '../../../src/core/liveness/challenge.ts';

describe('a challenge', () => {
  it('asks for both turns, and never for one thing twice in a row', () => {
    for (let i = 0; i < 300; i++) {
      const { steps } = drawChallenge(randomBytes, 0, { stepCount: 2 + (i % 5) });
      expect(steps).toHaveLength(2 + (i % 5));
      expect(steps).toEqual(expect.arrayContaining(['turn_left', 'turn_right']));
      steps.slice(1).forEach((step, k) => {
        expect(step).not.toBe(steps[k]);
      });
    }
  });

  it('has an id of its own', () => {
    const ids = Array.from({ length: 200 }, () => drawChallenge(randomBytes, 0).id);
    expect(new Set(ids).size).toBe(200);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('is one of all sequences, each as likely as another', () => {
    const counts = new Map<string, number>();
    const sequences = challengeSequences(3).length;
    for (let i = 0; i < sequences; i++) {
      const share = Math.floor(((i + 0.5) / sequences) * 2 ** 48);
      const bytes = (count: number) =>
        Uint8Array.from({ length: count }, (_, k) =>
          k < 16 ? k : Math.floor(share / 256 ** (count - 1 - k)) % 256,
        );
      const word = drawChallenge(bytes, 0, { stepCount: 3 }).steps.join();
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
    expect(sequences).toBe(20);
    expect([...counts.values()]).toEqual(new Array(20).fill(1));
  });

  it('stays as it is when it goes through JSON', () => {
    const challenge = drawChallenge(randomBytes, 1234);
    expect(JSON.parse(JSON.stringify(challenge))).toEqual(challenge);
  });

  it('is not drawn from options outside their ranges, or from too few bytes', () => {
    expect(() => drawChallenge(randomBytes, 0, { stepCount: 1 })).toThrow(
      'Expected a whole number from 2 to 6',
    );
    expect(() => drawChallenge(randomBytes, 0, { stepCount: 2.5 })).toThrow(RangeError);
    expect(() => drawChallenge(randomBytes, Number.NaN)).toThrow('for issuedAtMs but received NaN');
    expect(() => drawChallenge(randomBytes, 0, { stepMs: 0 })).toThrow('for stepMs');
    expect(() => drawChallenge(() => new Uint8Array(3), 0)).toThrow(
      'Expected 22 random bytes but received 3',
    );
  });
});
