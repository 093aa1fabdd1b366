import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import {
  type AcquaintServer,
  ApiKeys,
  openServer,
  openServerStore,
  type Scope,
  type ServerOptions,
} from 'acquaint/server';

export interface Served {
  readonly server: AcquaintServer;
  readonly url: string;
  readonly folder: string;
  /** Everything the server has logged. */
  log(): string;
  /** Asks the API; `path` is below /v1. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  stop(): Promise<void>;
}

export interface CallOptions {
  readonly key?: string | undefined;
  readonly json?: unknown;
  readonly body?: FormData | Uint8Array<ArrayBuffer> | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API says; the tests look at it field by field.
  readonly body: any;
}

/** A server in this process, on a free port and a gallery of its own. */
export async function startServed(
  options: Partial<Omit<ServerOptions, 'recognizer'>> & {
    readonly recognizer?: Partial<ServerOptions['recognizer']>;
  } = {},
  { keys = [] }: { keys?: readonly (readonly Scope[])[] } = {},
): Promise<Served & { readonly keys: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'acquaint-server-'));
  const gallery = join(folder, 'people.db');
  const data = join(folder, 'data');
  const secrets = await makeKeys(data, keys);
  const lines: string[] = [];
  const log = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const { recognizer, ...others } = options;
  const server = await openServer({
    port: 0,
    data,
    log,
    requestsPerMinute: 1_000_000,
    ...others,
    recognizer: { effort: 'fast', minFacePx: 60, ...recognizer, gallery: recognizer?.gallery ?? gallery },
  });
  return {
    server,
    url: server.url,
    folder,
    keys: secrets,
    log: () => lines.join(''),
    call: (method, path, call) => ask(`${server.url}/v1${path}`, method, call),
    async stop() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function makeKeys(
  data: string,
  scopes: readonly (readonly Scope[])[],
): Promise<readonly string[]> {
  const store = await openServerStore(data);
  const keys = new ApiKeys(store);
  const secrets: string[] = [];
  for (const own of scopes) secrets.push((await keys.create({ name: own.join(' '), scopes: own })).secret);
  store.close();
  return secrets;
}

export async function ask(
  url: string,
  method: string,
  { key, json, body, headers }: CallOptions = {},
): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: {
      ...(key !== undefined && { authorization: `Bearer ${key}` }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json !== undefined ? { body: JSON.stringify(json) } : body !== undefined && { body }),
    redirect: 'manual',
  });
  const text = await answer.text();
  const isJson =
    /json/.test(answer.headers.get('content-type') ?? '') &&
    !/ndjson/.test(answer.headers.get('content-type') ?? '');
  return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : null };
}

/** A form with pictures and fields, in their order. */
export async function form(
  ...parts: readonly (readonly [name: string, value: string | { file: string; as?: string }])[]
): Promise<FormData> {
  const data = new FormData();
  for (const [name, value] of parts) {
    if (typeof value === 'string') data.append(name, value);
    else data.append(name, new Blob([await readFile(value.file)]), value.as ?? value.file);
  }
  return data;
}
