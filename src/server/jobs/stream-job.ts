import type { FastifyReply } from 'fastify';
import type { JobRunner } from './job-runner.ts';
import type { JobSealer, JobStore } from './job-store.ts';

export interface JobStream {
  readonly id: string;
  /** So many results the client has already. */
  readonly after: number;
  readonly sealer: JobSealer;
  readonly store: JobStore;
  readonly runner: JobRunner;
  readonly isAdmitted: () => boolean;
}

/** Proxies close connections on which nothing is said. */
const HEARTBEAT_MS = 15_000;
const PROGRESS_MS = 250;
const RESULTS_AT_ONCE = 200;
/** A client that takes no more than this comes again, with Last-Event-ID. */
const MOST_UNSENT_BYTES = 1024 * 1024;

/** A client that has not taken the end of the stream by then never will. */
const LINGER_MS = 10_000;

/**
 * Writes a job's results as server-sent events until it ends or the client goes.
 * ensures  what ends the stream early; it can go on elsewhere
 */
export function streamJob(
  reply: FastifyReply,
  { id, after, sealer, store, runner, isAdmitted }: JobStream,
): () => void {
  let sent = after;
  let progressAt = 0;
  let isOver = false;
  reply.hijack();
  const { raw } = reply;
  raw.on('error', () => {});
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) raw.setHeader(name, value);
  }
  raw.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });

  const stop = (): void => {
    if (isOver) return;
    isOver = true;
    stopListening();
    clearInterval(heartbeat);
    raw.end();
    setTimeout(() => raw.destroy(), LINGER_MS).unref();
  };
  const write = (event: string, data: object, number?: number): void => {
    const idLine = number === undefined ? '' : `id: ${number}\n`;
    raw.write(`${idLine}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const isStalled = (): boolean => {
    if (raw.writableLength <= MOST_UNSENT_BYTES) return false;
    stop();
    raw.destroy();
    return true;
  };
  const catchUp = (): void => {
    while (!isOver && !isStalled()) {
      const results = store.results(id, { after: sent, limit: RESULTS_AT_ONCE }, sealer);
      for (const { finished, result } of results) {
        write('result', result, finished);
        sent = finished;
      }
      if (results.length < RESULTS_AT_ONCE) break;
    }
    if (isOver) return;
    const isRunning = store.isRunning(id);
    if (isRunning && Date.now() - progressAt < PROGRESS_MS) return;
    const job = store.find(id);
    if (isRunning && job) {
      progressAt = Date.now();
      write('progress', job);
      return;
    }
    if (job) write('end', job);
    stop();
  };
  const stopListening = runner.listen((job) => {
    if (job === id) catchUp();
  });
  const heartbeat = setInterval(() => {
    if (!isAdmitted()) stop();
    else if (!isStalled()) raw.write(': still here\n\n');
  }, HEARTBEAT_MS);
  raw.once('close', stop);
  if (raw.destroyed) stop();
  else catchUp();
  return stop;
}
