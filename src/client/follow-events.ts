import type { Job, JobResult } from '../api/job-shapes.ts';
import { ProblemError } from './problem-error.ts';
import type { Transport } from './transport.ts';

export type JobEvent =
  | { readonly event: 'result'; readonly data: JobResult }
  | { readonly event: 'progress' | 'end'; readonly data: Job };

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * A job's events until its end. A connection that breaks is made anew and goes on where it was; each result comes once.
 * throws  ProblemError when the server refuses; what the signal's abort is
 */
export async function* followEvents(
  transport: Transport,
  path: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<JobEvent, void, undefined> {
  let lastId: string | null = null;
  let waitMs = FIRST_WAIT_MS;
  for (;;) {
    try {
      const headers = lastId === null ? {} : { 'last-event-id': lastId };
      const { body } = await transport.send('GET', path, { headers, signal });
      for await (const { id, event, data } of eventsOf(body!)) {
        lastId = id ?? lastId;
        waitMs = FIRST_WAIT_MS;
        yield { event, data: JSON.parse(data) } as JobEvent;
        if (event === 'end') return;
      }
    } catch (error) {
      // A server that is gone or busy may come back; other refusals stay.
      if (signal?.aborted || (error instanceof ProblemError && error.status < 500 && error.status !== 429))
        throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
  }
}

interface ServerEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** Events of a text/event-stream, as the WHATWG's HTML standard writes them. */
async function* eventsOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<ServerEvent> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += value;
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) {
        const field = (name: string) =>
          block
            .split('\n')
            .filter((line) => line.startsWith(`${name}: `))
            .map((line) => line.slice(name.length + 2))
            .join('\n');
        if (field('event') !== '')
          yield { id: field('id') || null, event: field('event'), data: field('data') };
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
