import type { Problem } from '../api/shapes.ts';
import { ProblemError } from './problem-error.ts';

/** A picture file's content. */
export type PictureUpload = Blob | Uint8Array<ArrayBuffer>;

export interface TransportOptions {
  /** Where the server is: http://host:port, or '' for the page's own. */
  readonly baseUrl: string;
  /** API key; a page that has a session needs none. */
  readonly apiKey?: string | undefined;
  /** Instead of the platform's fetch. */
  readonly fetch?: typeof fetch | undefined;
}

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  readonly json?: object | undefined;
  readonly body?: BodyInit | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Sends requests to the API and reads its answers. */
export class Transport {
  readonly baseUrl: string;
  readonly #apiKey: string | undefined;
  readonly #fetch: typeof fetch;
  /** Of a browser's session: sent with every change. */
  csrfToken: string | null = null;

  constructor({ baseUrl, apiKey, fetch: given }: TransportOptions) {
    this.baseUrl = baseUrl.replace(/\/+$/, '');
    this.#apiKey = apiKey;
    this.#fetch = given ?? ((input, init) => fetch(input, init));
  }

  /** throws  ProblemError; what fetch throws when the server cannot be reached or the signal fires */
  async send(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
    const { json, body, headers, signal } = options;
    const answer = await this.#fetch(`${this.baseUrl}/v1${path}${queryText(options.query)}`, {
      method,
      headers: { ...this.authorization(), ...(json && { 'content-type': 'application/json' }), ...headers },
      ...(json ? { body: JSON.stringify(json) } : body !== undefined && { body }),
      ...(signal && { signal }),
      credentials: 'same-origin',
    });
    if (answer.ok) return answer;
    throw await problemOf(answer);
  }

  async json<T>(method: string, path: string, options?: RequestOptions): Promise<T> {
    return (await this.send(method, path, options)).json() as Promise<T>;
  }

  authorization(): Record<string, string> {
    return {
      ...(this.#apiKey !== undefined && { authorization: `Bearer ${this.#apiKey}` }),
      ...(this.csrfToken !== null && { 'x-csrf-token': this.csrfToken }),
    };
  }
}

async function problemOf(answer: Response): Promise<ProblemError> {
  const retryAfter = Number(answer.headers.get('retry-after') ?? Number.NaN);
  const problem = await answer.json().catch(() => null);
  return new ProblemError(
    isProblem(problem) ? problem : unknownProblem(answer),
    Number.isFinite(retryAfter) ? retryAfter : null,
  );
}

/** Something between here and the server has answered. */
function unknownProblem({ status, statusText }: Response): Problem {
  const detail = `The server answered ${status} ${statusText}`;
  return { type: 'about:blank', title: statusText, status, detail, code: 'internal', requestId: '' };
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;
}

export function queryText(query: RequestOptions['query'] = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))}`;
}

/** A part of a path: what comes from outside cannot lead elsewhere. */
export function part(value: string): string {
  return encodeURIComponent(value);
}

export function asBlob(picture: PictureUpload): Blob {
  return picture instanceof Blob ? picture : new Blob([picture]);
}

export function picturesForm(pictures: readonly PictureUpload[]): FormData {
  const form = new FormData();
  for (const picture of pictures) form.append('picture', asBlob(picture), fileName(picture));
  return form;
}

export function fileName(picture: PictureUpload): string {
  return 'name' in picture && typeof picture.name === 'string' ? picture.name : 'picture';
}
