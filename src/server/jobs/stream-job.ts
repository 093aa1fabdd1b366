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
const RESULTS_AT_ONCE = 500;
/** A client that takes no more than this comes again, with Last-Event-ID. */
const MOST_UNSENT_BYTES = 1024 * 1024;

/** Writes a job's results as server-sent events until it ends or the client goes. */
export function streamJob(
  reply: FastifyReply,
  { id, after, sealer, store, runner, isAdmitted }: JobStream,
): void {
  let sent = after;
  let progressAt = 0;
  reply.hijack();
  const { raw } = reply;
  const headers = reply.getHeaders();
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });

  const write = (event: string, data: object, number?: number): void => {
    raw.write(
      `${number === undefined ? '' : `id: ${number}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
    );
  };
  const catchUp = (): void => {
    if (raw.writableLength > MOST_UNSENT_BYTES) {
      raw.destroy();
      return;
    }
    for (;;) {
      const results = store.results(id, { after: sent, limit: RESULTS_AT_ONCE }, sealer);
      for (const { finished, result } of results) {
        write('result', result, finished);
        sent = finished;
      }
      if (results.length < RESULTS_AT_ONCE) break;
    }
    const job = store.find(id);
    if (job?.status === 'running') {
      if (Date.now() - progressAt < PROGRESS_MS) return;
      progressAt = Date.now();
      write('progress', job);
      return;
    }
    if (job) write('end', job);
    raw.end();
  };
  const stopListening = runner.listen(({ job }) => {
    if (job === id) catchUp();
  });
  const heartbeat = setInterval(() => {
    if (isAdmitted()) raw.write(': still here\n\n');
    else raw.end();
  }, HEARTBEAT_MS);
  raw.once('close', () => {
    stopListening();
    clearInterval(heartbeat);
  });
  catchUp();
}
