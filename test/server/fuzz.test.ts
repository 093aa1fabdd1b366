import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ask, type Served, startServed } from './served.ts';

// biome-ignore lint/suspicious/noExplicitAny: a JSON schema of the OpenAPI document.
type Schema = any;

interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: Schema;
}

const HANG_MS = 20_000;

/** Values that a schema allows, and others near them. */
function valuesOf(schema: Schema = {}): fc.Arbitrary<unknown> {
  const wrong = fc.oneof(
    fc.constantFrom(
      null,
      '',
      0,
      -1,
      1e308,
      2 ** 53,
      true,
      [],
      {},
      '../../etc/passwd',
      '\u0000',
      '\ud800',
      "' OR 1=1 --",
      'a'.repeat(5000),
    ),
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc.json().map((text) => JSON.parse(text)),
  );
  return fc.oneof({ weight: 3, arbitrary: rightOf(schema) }, { weight: 1, arbitrary: wrong });
}

function rightOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(valuesOf));
  switch (schema.type) {
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -10, max: schema.maximum ?? 1e6 });
    case 'number':
      return fc.double({ min: -1, max: 2, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valuesOf(schema.items), { maxLength: 4 });
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(schema.properties ?? {}).map(([name, value]) => [name, valuesOf(value)]),
        ),
        { requiredKeys: [] },
      );
    default:
      return fc.oneof(fc.constantFrom('default', 'guests', 'Ada', 'x'), fc.string({ maxLength: 30 }));
  }
}

/** A request to the route that is mostly well-formed. */
function requestsTo({ path, operation }: Route) {
  const parameters: Schema[] = operation.parameters ?? [];
  const inPath = parameters.filter((each) => each.in === 'path');
  const inQuery = parameters.filter((each) => each.in === 'query');
  const content: Schema = operation.requestBody?.content ?? {};
  const types = Object.keys(content);
  return fc.record({
    address: fc
      .tuple(...inPath.map(({ schema }) => valuesOf(schema)))
      .map((values) =>
        inPath.reduce((text: string, { name }, i) => text.replace(`{${name}}`, encoded(values[i])), path),
      ),
    query: fc.record(Object.fromEntries(inQuery.map(({ name, schema }) => [name, valuesOf(schema)])), {
      requiredKeys: [],
    }),
    body:
      types.length === 0
        ? fc.constant(null)
        : fc.oneof(...types.map((type) => bodyOf(type, content[type].schema)), wrongBody(types)),
  });
}

function encoded(value: unknown): string {
  const text = (typeof value === 'string' ? value : JSON.stringify(value)) || 'x';
  return encodeURIComponent(wellFormed(text)).replaceAll('.', '%2E').slice(0, 300);
}

/** Without halves of surrogate pairs, which no encoding holds. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

interface Body {
  readonly type: string | null;
  readonly content: FormData | Uint8Array<ArrayBuffer> | string;
}

function bodyOf(type: string, schema: Schema): fc.Arbitrary<Body> {
  if (type === 'application/json')
    return valuesOf(schema).map((value) => ({ type, content: JSON.stringify(value) }));
  if (type === 'multipart/form-data') {
    const name = fc.oneof(
      fc.constantFrom('a.jpg', '../../../evil.jpg', 'C:\\evil.jpg', '.', '\u0000.jpg'),
      fc.string(),
    );
    const piece = fc.tuple(
      fc.constantFrom('name', 'picture', 'other', '__proto__'),
      name,
      fc.uint8Array({ maxLength: 200 }),
      fc.boolean(),
    );
    return fc.array(piece, { maxLength: 5 }).map((pieces) => {
      const form = new FormData();
      for (const [field, file, bytes, isFile] of pieces) {
        if (isFile) form.append(field, new Blob([new Uint8Array(bytes)]), wellFormed(file));
        else form.append(field, wellFormed(file));
      }
      return { type: null, content: form };
    });
  }
  return fc.uint8Array({ maxLength: 500 }).map((bytes) => ({ type, content: new Uint8Array(bytes) }));
}

function wrongBody(types: readonly string[]): fc.Arbitrary<Body> {
  return fc.record({
    type: fc.constantFrom(
      ...types,
      'text/plain',
      'multipart/form-data',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-16',
    ),
    content: fc.string({ maxLength: 300 }),
  });
}

describe('whatever is sent', () => {
  let served: Served;
  const routes: Route[] = [];
  beforeAll(async () => {
    served = await startServed({ queueLength: 500 });
    await served.server.ready;
    await served.call('POST', '/collections', { json: { name: 'guests' } });
    const { body } = await ask(`${served.url}/openapi.json`, 'GET');
    for (const [path, methods] of Object.entries<Record<string, Schema>>(body.paths)) {
      for (const [method, operation] of Object.entries(methods))
        routes.push({ method: method.toUpperCase(), path, operation });
    }
  });
  afterAll(() => served.stop());

  const send = async (
    { method }: Route,
    { address, query, body }: { address: string; query: object; body: Body | null },
  ): Promise<Answer> => {
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [
        name,
        typeof value === 'string' ? wellFormed(value) : JSON.stringify(value),
      ]),
    );
    const answer = ask(`${served.url}${address}?${search}`, method, {
      ...(body && { body: body.content }),
      ...(body?.type && { headers: { 'content-type': body.type } }),
    });
    const hang = new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error(`hangs: ${method} ${address}`)), HANG_MS).unref(),
    );
    return Promise.race([answer, hang]);
  };

  it('no route answers 500, hangs, or leaves a file behind', async () => {
    expect(routes.length).toBeGreaterThan(35);
    for (const route of routes) {
      await fc.assert(
        fc.asyncProperty(requestsTo(route), async (request) => {
          const answer = await send(route, request);
          const label = `${route.method} ${request.address}: ${answer.status} ${answer.text.slice(0, 200)}`;
          expect(answer.status, label).not.toBe(500);
          if (answer.status >= 400 && answer.status !== 503) {
            expect(answer.body, label).toMatchObject({
              status: answer.status,
              code: expect.any(String),
              detail: expect.any(String),
            });
          }
        }),
        { numRuns: 25, endOnFailure: true },
      );
    }
    expect((await served.call('GET', '/health')).status).toBe(200);
    expect(served.log()).not.toContain('"level":50');
    expect(await readdir(join(served.folder, 'data', 'temporary')).catch(() => [])).toEqual([]);
    expect((await readdir(served.folder)).filter((name) => !name.startsWith('people.db'))).toEqual(['data']);
    expect(
      (await readdir(join(served.folder, 'data'))).filter(
        (name) => !/^(server\.(db|lock).*|temporary|jobs)$/.test(name),
      ),
    ).toEqual([]);
  });
});
