import { errnoOf, FetchProblem, PassingProblem } from './fetch-problem.ts';

/** The part of `fetch` that is used. */
export type FetchAddress = (
  address: string,
  init: {
    readonly headers: Readonly<Record<string, string>>;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<Response>;

const MAX_REDIRECTS = 10;
const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const redirectCodes: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Answers that say "not now" rather than "no". */
const passingCodes: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * The answer at the end of the redirects; its status is 200, 206 or 416.
 * throws  FetchProblem for an address that is not allowed or an answer that is none of those,
 *         PassingProblem for an answer worth another try, and whatever `fetchAddress` throws
 */
export async function request(
  address: string,
  headers: Readonly<Record<string, string>>,
  fetchAddress: FetchAddress,
  signal: AbortSignal,
): Promise<Response> {
  let current = requireSafe(address, null);
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await fetchAddress(current.href, { headers, redirect: 'manual', signal });
    if (!redirectCodes.has(response.status)) return requireUsable(current, response);
    await response.body?.cancel();
    current = requireSafe(response.headers.get('location') ?? '', current);
  }
  throw new FetchProblem(`${address} redirects more than ${MAX_REDIRECTS} times.`);
}

/** https:, or http: to this very machine: what comes over the wire is hashed, but whoever listens need not know. */
function requireSafe(address: string, from: URL | null): URL {
  const url = URL.canParse(address, from?.href) ? new URL(address, from?.href) : null;
  if (url?.protocol === 'https:') return url;
  const fromLoopback = from === null || from.protocol === 'http:';
  if (url?.protocol === 'http:' && loopbackHosts.has(url.hostname) && fromLoopback) return url;
  const via = from === null ? '' : ` (redirected from ${printed(from)})`;
  const received = url === null ? printedText(address) : printed(url);
  throw new FetchProblem(`Expected an https: address but received ${received || 'none'}${via}.`);
}

/** What may be shown of an address: passwords and the queries of signed addresses stay out. */
function printed({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}

/** The same of an address that is none. */
function printedText(address: string): string {
  return address.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//');
}

async function requireUsable(url: URL, response: Response): Promise<Response> {
  const { status } = response;
  if (status === 200 || status === 206 || status === 416) return response;
  await response.body?.cancel();
  const sentence = `${printed(url)} answered ${status}${response.statusText && ` ${response.statusText}`}.`;
  throw passingCodes.has(status) ? new PassingProblem(sentence) : new FetchProblem(sentence);
}

/** Codes of a network that is not there, or of a server that cannot be trusted: no use in trying again at once. */
const unreachable = /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH)$|CERT|SIGNATURE/;

/** What `fetch` threw, as a sentence. `answered`: the server has answered before, so it may come back. */
export function networkProblem(address: string, error: unknown, answered: boolean): FetchProblem {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = errnoOf(cause) ?? '';
  const detail = cause instanceof Error && cause.message !== '' ? cause.message : code || String(cause);
  if (unreachable.test(code) && !answered) {
    return new FetchProblem(
      `${address} could not be reached (${detail}); is there a network, or a proxy to be set?`,
      { cause: error },
    );
  }
  return new PassingProblem(`The connection to ${address} broke (${detail}).`, { cause: error });
}
