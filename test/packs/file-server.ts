import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** How one request is answered. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface FileServer {
  readonly address: string;
  /** The Range header of each request so far; undefined where there was none. */
  readonly ranges: (string | undefined)[];
  /** Answers the next requests, in this order; the last one answers all that follow. */
  answer(...answers: readonly Answer[]): void;
}

/** A server on 127.0.0.1 that goes with the test. */
export async function startFileServer(...answers: readonly Answer[]): Promise<FileServer> {
  let queue = [...answers];
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    const next = queue.length > 1 ? queue.shift() : queue[0];
    next?.(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/model.onnx`,
    ranges,
    answer(...next) {
      queue = [...next];
    },
  };
}

/** Where nobody listens any more. */
export async function closedAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}/model.onnx`;
}

const ETAG = '"version-1"';

interface Serving {
  /** Cuts the connection, or falls silent, after so many bytes of the body. */
  readonly cutAfter?: number;
  readonly silentAfter?: number;
  readonly etag?: string;
  /** Whether Range is understood. */
  readonly ranges?: boolean;
}

/** Serves `bytes` as a good server does, with If-Range, or with one of the faults. */
export function serve(bytes: Uint8Array, options: Serving = {}): Answer {
  const { cutAfter, silentAfter, etag = ETAG, ranges = true } = options;
  return (request, response) => {
    const start = ranges ? rangeStart(request, etag) : 0;
    if (start >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
      return;
    }
    const body = bytes.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      etag,
      'content-length': body.length,
      ...(start > 0 && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
    });
    if (silentAfter !== undefined) response.write(body.subarray(0, silentAfter));
    else if (cutAfter === undefined) response.end(body);
    else response.write(body.subarray(0, cutAfter), () => setTimeout(() => request.socket.destroy(), 50));
  };
}

function rangeStart({ headers }: IncomingMessage, etag: string): number {
  const condition = headers['if-range'];
  if (condition !== undefined && condition !== etag) return 0;
  return Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
}

export function fail(status: number): Answer {
  return (_request, response) => void response.writeHead(status).end('no');
}

export function redirect(location: string): Answer {
  return (_request, response) => void response.writeHead(302, { location }).end();
}
