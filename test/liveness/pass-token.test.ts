import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { issueChallenge } from '../../src/liveness/issue-challenge.ts';
import { issuePass, type PassSubject, verifyPass } from '../../src/liveness/pass-token.ts';
import { createUsedTokens } from '../../src/liveness/used-tokens.ts';

const key = randomBytes(32);
const subject: PassSubject = {
  challengeId: issueChallenge(0).id,
  embedding: Float32Array.from({ length: 128 }, (_, i) => Math.sin(i)),
  picture: randomBytes(500),
};
const NOW = 1_700_000_000_000;
const token = issuePass(subject, key, { nowMs: NOW });

function verify(
  text: string,
  { about = subject, nowMs = NOW + 1000, used = createUsedTokens(), by = key } = {},
) {
  return verifyPass(text, about, by, { nowMs, used });
}

describe('a pass', () => {
  it('is good for its subject until it is over', async () => {
    expect(await verify(token)).toEqual({ valid: true, expiresAtMs: NOW + 60_000 });
    expect(await verify(token, { nowMs: NOW + 59_999 })).toMatchObject({ valid: true });
    expect(await verify(token, { nowMs: NOW + 60_000 })).toEqual({ valid: false, reason: 'expired' });
  });

  it('is no longer good because the clock is set back', async () => {
    expect(await verify(token, { nowMs: NOW - 5000 })).toMatchObject({ valid: true });
    expect(await verify(token, { nowMs: NOW - 60_001 })).toEqual({ valid: false, reason: 'expired' });
    expect(await verify(token, { nowMs: NOW - 3_600_000 })).toEqual({ valid: false, reason: 'expired' });
  });

  it('is good once, also when it is shown twice at the same time', async () => {
    const used = createUsedTokens();
    const verdicts = await Promise.all([verify(token, { used }), verify(token, { used })]);
    expect(verdicts.filter(({ valid }) => valid)).toHaveLength(1);
    expect(await verify(token, { used })).toEqual({ valid: false, reason: 'used' });
  });

  it('is not good for another challenge, picture or face, and is not used up by asking', async () => {
    const used = createUsedTokens();
    const other = (change: Partial<PassSubject>) => verify(token, { used, about: { ...subject, ...change } });
    expect(await other({ challengeId: issueChallenge(0).id })).toEqual({
      valid: false,
      reason: 'other_challenge',
    });
    expect(await other({ picture: randomBytes(500) })).toEqual({ valid: false, reason: 'other_picture' });
    const embedding = subject.embedding.with(7, 0.5);
    expect(await other({ embedding })).toEqual({ valid: false, reason: 'other_face' });
    expect(await verify(token, { used, nowMs: NOW + 70_000 })).toEqual({ valid: false, reason: 'expired' });
    expect(await verify(token, { used })).toMatchObject({ valid: true });
  });

  it('is forged when it was signed with another key, or when its claims were changed', async () => {
    expect(await verify(token, { by: randomBytes(32) })).toEqual({ valid: false, reason: 'forged' });
    const [kind, claims, signature] = token.split('.') as [string, string, string];
    const longer = JSON.parse(Buffer.from(claims, 'base64url').toString());
    longer.expiresAtMs += 1e9;
    const changed = Buffer.from(JSON.stringify(longer)).toString('base64url');
    expect(await verify(`${kind}.${changed}.${signature}`)).toEqual({ valid: false, reason: 'forged' });
    // Signed with the right key, but for something else.
    const elsewhere = createHmac('sha256', key).update(changed).digest('base64url');
    expect(await verify(`${kind}.${changed}.${elsewhere}`)).toEqual({ valid: false, reason: 'forged' });
  });

  it('is no token at all when its form is another; every character of it counts', async () => {
    for (const text of ['', 'x', 'a.b.c', `${token}.`, `${token} `, token.slice(0, -1), `x${token}`]) {
      expect(await verify(text)).toEqual({ valid: false, reason: 'malformed' });
    }
    for (let i = 0; i < token.length; i++) {
      const letter = token[i] === 'A' ? 'B' : 'A';
      const verdict = await verify(token.slice(0, i) + letter + token.slice(i + 1));
      expect(verdict.valid).toBe(false);
    }
  });

  it('holds nothing of embedding and picture that can be tried without the key', () => {
    const again = issuePass(subject, randomBytes(32), { nowMs: NOW });
    const claimsOf = (text: string) => JSON.parse(Buffer.from(text.split('.')[1]!, 'base64url').toString());
    expect(claimsOf(again).face).not.toBe(claimsOf(token).face);
    expect(claimsOf(again).picture).not.toBe(claimsOf(token).picture);
  });

  it('is not issued with a short key, or for a time that is none', async () => {
    expect(() => issuePass(subject, randomBytes(16), { nowMs: NOW })).toThrow(
      'Expected a key of at least 32 bytes',
    );
    expect(() => issuePass(subject, key, { nowMs: Number.NaN })).toThrow(
      'Expected a finite number for nowMs',
    );
    expect(() => issuePass(subject, key, { nowMs: NOW, lifeMs: 0 })).toThrow('for lifeMs but received 0');
    await expect(verify(token, { by: randomBytes(8) })).rejects.toThrow(RangeError);
  });
});

describe('used tokens', () => {
  it('are forgotten when they are over, and stay refused', async () => {
    const used = createUsedTokens();
    for (let i = 0; i < 1000; i++) expect(await used.use(`token ${i}`, 1000 + i, 0)).toBe(true);
    expect(used.size).toBe(1000);
    expect(await used.use('another', 60_000, 50_000)).toBe(true);
    expect(used.size).toBe(1);
    expect(await used.use('token 5', 1005, 50_000)).toBe(false);
  });

  it('do not come to life again when the clock is set back', async () => {
    const used = createUsedTokens();
    expect(await used.use('token', 1000, 0)).toBe(true);
    expect(await used.use('later', 90_000, 50_000)).toBe(true);
    expect(await used.use('token', 1000, 500)).toBe(false);
  });

  it('do not refuse new ones for ever after the clock was set ahead by mistake', async () => {
    const used = createUsedTokens();
    const YEAR = 365 * 86_400_000;
    expect(await used.use('before', 60_000, 0)).toBe(true);
    expect(await used.use('mistaken', YEAR + 60_000, YEAR)).toBe(true);
    expect(await used.use('after', 65_000, 5000)).toBe(true);
    expect(await used.use('before', 60_000, 6000)).toBe(false);
    expect(await used.use('mistaken', YEAR + 60_000, 7000)).toBe(false);
  });
});
