import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ApiKeys, openServer, openServerStore, SCOPES } from 'acquaint/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { finished, photos, startCli, testFolder } from '../cli/cli-process.ts';
import { ask, form, type Served, startServed } from './served.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operation: {
    readonly operationId: string;
    readonly security: readonly unknown[];
    readonly description?: string;
  };
}

async function operationsOf(url: string): Promise<readonly Operation[]> {
  const { body } = await ask(`${url}/openapi.json`, 'GET');
  return Object.entries<Record<string, Operation['operation']>>(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** The path with something in place of its parameters. */
const filled = (path: string) => path.replaceAll('{collection}', 'default').replaceAll(/\{\w+\}/g, 'x');

describe('who may do what', () => {
  let served: Served & { readonly keys: readonly string[] };
  beforeAll(async () => {
    served = await startServed({}, { keys: [['admin'], ...SCOPES.slice(0, 3).map((scope) => [scope])] });
  });
  afterAll(() => served.stop());

  it('refuses every route of the document without a key, with a wrong one and without the scope', async () => {
    const operations = await operationsOf(served.url);
    expect(operations.length).toBeGreaterThan(35);
    const open = operations.filter(({ operation }) => operation.security.length === 0);
    expect(open.map(({ operation }) => operation.operationId).sort()).toEqual(['health', 'ready']);
    for (const { method, path, operation } of operations) {
      if (operation.security.length === 0) continue;
      const url = served.url + filled(path);
      const without = await ask(url, method);
      expect([operation.operationId, without.status, without.body.code]).toEqual([
        operation.operationId,
        401,
        'unauthorized',
      ]);
      expect(without.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(without.headers.get('www-authenticate')).toMatch(/^Bearer/);
      const needed = /scope `(\w+)`/.exec(operation.description ?? '')?.[1];
      for (const [i, scope] of SCOPES.slice(0, 3).entries()) {
        if (needed === undefined || needed === scope) continue;
        const other = await ask(url, method, { key: served.keys[i + 1] });
        expect([operation.operationId, scope, other.status]).toEqual([operation.operationId, scope, 403]);
      }
    }
    const wrong = `acq_${'0'.repeat(12)}_${'A'.repeat(43)}`;
    for (const key of [
      wrong,
      served.keys[0]!.slice(0, -1) + (served.keys[0]!.endsWith('A') ? 'B' : 'A'),
      'nonsense',
      '',
    ]) {
      const { status } = await ask(`${served.url}/v1/collections`, 'GET', { key });
      expect(status).toBe(401);
    }
  });

  it('refuses a WebSocket and an event stream too', async () => {
    const address = `${served.url.replace('http', 'ws')}/v1/collections/default/live`;
    const refused = (headers: Record<string, string>) =>
      new Promise<number>((resolve, reject) => {
        const socket = new WebSocket(address, { headers });
        socket.on('unexpected-response', (_request, answer) => resolve(answer.statusCode ?? 0));
        socket.on('open', () => reject(new Error('Expected the socket to be refused')));
        socket.on('error', () => {});
      });
    expect(await refused({})).toBe(401);
    expect(await refused({ authorization: `Bearer ${served.keys[1]}` })).toBe(403);
    expect(await refused({ authorization: `Bearer ${served.keys[2]}`, origin: 'http://evil.example' })).toBe(
      403,
    );
    expect((await served.call('GET', '/jobs/x/events')).status).toBe(401);
    expect((await served.call('GET', '/jobs/x/events', { key: served.keys[2] })).status).toBe(403);
  });

  it('makes a key, shows its secret once, and refuses it from the moment it is revoked', async () => {
    const admin = served.keys[0];
    const made = await served.call('POST', '/keys', {
      key: admin,
      json: { name: 'door', scopes: ['recognize'], expiresInDays: 1 },
    });
    expect(made.status).toBe(201);
    const { key, secret } = made.body;
    expect((await served.call('GET', '/session', { key: secret })).body).toMatchObject({
      caller: 'door',
      scopes: ['recognize'],
    });
    const { text } = await served.call('GET', '/keys', { key: admin });
    expect(text).toContain(key.id);
    expect(text).not.toContain(secret.slice('acq_'.length + key.id.length + 1));
    // By another process, while the server has just accepted it.
    const store = await openServerStore(join(served.folder, 'data'));
    expect(new ApiKeys(store).revoke(key.id)).toBe(true);
    store.close();
    expect((await served.call('GET', '/session', { key: secret })).status).toBe(401);
    expect(served.log()).not.toContain(secret);
  });

  it('gives a browser a session that changes nothing without its token', async () => {
    const signedIn = await served.call('POST', '/session', { key: served.keys[0] });
    const cookie = signedIn.headers.get('set-cookie')!;
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    const headers = { cookie: cookie.split(';')[0]! };
    expect((await served.call('GET', '/collections', { headers })).status).toBe(200);
    const change = { name: 'by-session' };
    expect((await served.call('POST', '/collections', { headers, json: change })).body.code).toBe(
      'cross_site',
    );
    const token = { ...headers, 'x-csrf-token': signedIn.body.csrfToken };
    expect((await served.call('POST', '/collections', { headers: token, json: change })).status).toBe(200);
    const foreign = { ...token, origin: 'http://evil.example' };
    expect((await served.call('POST', '/collections', { headers: foreign, json: change })).body.code).toBe(
      'cross_site',
    );
    expect((await served.call('DELETE', '/session', { headers: token })).status).toBe(204);
    expect((await served.call('GET', '/collections', { headers })).status).toBe(401);
  });

  it('takes no more wrong keys from an address after twenty a minute', async () => {
    const own = await startServed({}, { keys: [['admin']] });
    const key = `${own.keys[0]!.slice(0, -3)}AAA`;
    const statuses: number[] = [];
    for (let i = 0; i < 22; i++) statuses.push((await own.call('GET', '/collections', { key })).status);
    expect(statuses.slice(0, 20)).toEqual(new Array(20).fill(401));
    const refused = await own.call('GET', '/collections', { key });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await own.stop();
  });
});

describe('a server without keys', () => {
  it('answers this machine alone, by its own name', async () => {
    const served = await startServed();
    expect((await served.call('GET', '/collections')).status).toBe(200);
    const rebound = await new Promise<number>((resolve, reject) => {
      import('node:http').then(({ get }) =>
        get(`${served.url}/v1/collections`, { headers: { host: 'rebound.example' } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        }).on('error', reject),
      );
    });
    expect(rebound).toBe(403);
    // By a proxy that passes its own name on as the host.
    expect(
      (await served.call('GET', '/collections', { headers: { 'x-forwarded-for': '203.0.113.7' } })).status,
    ).toBe(401);
    expect(
      (
        await served.call('GET', '/collections/default/export', {
          headers: { 'sec-fetch-site': 'cross-site' },
        })
      ).status,
    ).toBe(403);
    const foreign = await served.call('POST', '/collections', {
      json: { name: 'a' },
      headers: { origin: 'http://evil.example' },
    });
    expect(foreign.body.code).toBe('cross_site');
    await served.stop();
  });

  it('does not open to everybody when its last key is revoked or expired', async () => {
    const served = await startServed({}, { keys: [['admin']] });
    const key = served.keys[0]!;
    const [{ id }] = (await served.call('GET', '/keys', { key })).body.keys;
    expect((await served.call('DELETE', `/keys/${id}`, { key })).status).toBe(204);
    expect((await served.call('GET', '/collections')).status).toBe(401);
    expect((await served.call('GET', '/collections', { key })).status).toBe(401);
    await served.stop();
  });

  it('keeps its data to itself: a second server on it does not start', async () => {
    const served = await startServed();
    const second = openServer({
      recognizer: { gallery: join(served.folder, 'people.db') },
      data: join(served.folder, 'data'),
      port: 0,
    });
    await expect(second).rejects.toMatchObject({ code: 'server_data_unusable' });
    const taken = openServer({
      recognizer: { gallery: join(served.folder, 'people.db') },
      data: join(served.folder, 'other'),
      port: Number(new URL(served.url).port),
    });
    await expect(taken).rejects.toMatchObject({ code: 'address_unusable' });
    await served.stop();
  });

  it('does not start on an address that other machines reach', async () => {
    const folder = await testFolder();
    const gallery = join(folder, 'people.db');
    await expect(openServer({ recognizer: { gallery }, host: '0.0.0.0', port: 0 })).rejects.toThrow(
      /acquaint keys create/,
    );
    const { code, stderr } = await finished(startCli(folder, ['serve', '--host', '0.0.0.0', '--port', '0']));
    expect(code).toBe(2);
    expect(stderr).toMatch(/Expected an API key/);
    await rm(gallery, { force: true });
  });
});

describe('what is written down', () => {
  it('says who did what by ids, and no name, picture or address', async () => {
    const served = await startServed({}, { keys: [['admin']] });
    const key = served.keys[0]!;
    const body = await form(
      ['name', 'Wilhelmina'],
      ['picture', { file: photos.cage, as: 'Wilhelmina-1.jpg' }],
    );
    const enrolled = await served.call('POST', '/collections/default/faces', { key, body });
    expect(enrolled.body.results[0].status).toBe('enrolled');
    await served.call('POST', '/collections/default/search', {
      key,
      body: await form(['picture', { file: photos.otherCage }]),
    });
    await served.call('GET', '/collections/default/people?query=Wilhelmina', { key });
    await served.call('GET', '/collections/default/export', { key });
    await served.call('POST', '/collections/default/forget', { key, json: { names: ['Wilhelmina'] } });
    const audit = await served.call('GET', '/audit', { key });
    const actions = audit.body.entries.map(({ action }: { action: string }) => action);
    expect(actions).toEqual(['forget', 'export', 'search', 'enroll']);
    expect(audit.body.entries.every(({ caller }: { caller: string }) => key.includes(caller))).toBe(true);
    expect(served.log()).toContain('"route":"/v1/collections/:collection/people"');
    const requests = served
      .log()
      .split('\n')
      .filter((line) => line.includes('"route"'));
    for (const text of [audit.text, requests.join('\n')]) {
      expect(text).not.toMatch(/Wilhelmina|127\.0\.0\.1/);
      expect(text).not.toContain(key);
    }
    await served.stop();
  });
});
