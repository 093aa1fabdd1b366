import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Served, startServed } from './served.ts';

const folder = resolve('dist/bundle/console');
/** Compressed, of all scripts that the first page needs. */
const MOST_SCRIPT_BYTES = 300_000;

let served: Served;
beforeAll(async () => {
  served = await startServed({}, { keys: [['read']] });
});
afterAll(() => served.stop());

describe('the page of the console', () => {
  it('comes without a key, under a policy that lets nothing else in', async () => {
    const [one, other] = await Promise.all([fetch(served.url), fetch(served.url)]);
    expect(one.status).toBe(200);
    const policy = one.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe');
    const nonce = /'nonce-([^']+)'/.exec(policy)![1]!;
    expect(await one.text()).toContain(`nonce="${nonce}"`);
    expect(other.headers.get('content-security-policy')).not.toContain(nonce);
    expect(one.headers.get('cache-control')).toBe('no-store');
  });

  it('brings scripts that may be kept for ever, compressed for whoever takes that', async () => {
    const script = readdirSync(join(folder, 'assets')).find((name) => /^index.*\.js$/.test(name))!;
    const packed = await fetch(`${served.url}/assets/${script}`);
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(packed.headers.get('cache-control')).toContain('immutable');
    const plain = await fetch(`${served.url}/assets/${script}`, {
      headers: { 'accept-encoding': 'identity' },
    });
    expect(plain.headers.get('content-encoding')).toBeNull();
    const text = readFileSync(join(folder, 'assets', script), 'utf8');
    expect([await packed.text(), await plain.text()]).toEqual([text, text]);
  });

  it('is small, even if every page of it is opened', () => {
    const scripts = readdirSync(join(folder, 'assets')).filter((name) => name.endsWith('.js.gz'));
    const bytes = scripts.reduce((sum, name) => sum + statSync(join(folder, 'assets', name)).size, 0);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(MOST_SCRIPT_BYTES);
  });

  it('names the licence of every package in it', async () => {
    const text = await (await fetch(`${served.url}/licences.txt`)).text();
    for (const name of ['react', 'react-dom', '@mantine/core', '@tanstack/react-query', 'wouter'])
      expect(text).toContain(`${name} `);
    expect(text).toContain('Permission is hereby granted');
  });

  it.each([
    '/assets/..%2f..%2fserver.js',
    '/..%2fserver.js',
    '/assets/%2e%2e/%2e%2e/index.js',
    '/index.html.gz',
    '/nothing',
  ])('gives nothing but its own files: %s', async (path) => {
    const { status } = await fetch(`${served.url}${path}`);
    expect([400, 403, 404]).toContain(status);
  });
});
