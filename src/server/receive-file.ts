import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RequestError } from './problems.ts';

/** In the server's own folder: what lies there is its owner's alone, and what is left of a crash goes at the next start. */
export async function temporaryPath(data: string, ending: string): Promise<string> {
  const folder = join(data, 'temporary');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${randomUUID()}${ending}`);
}

/** Writes a body into a new file of the owner's alone. throws  RequestError('body_too_large') */
export async function receiveFile(body: Readable, path: string, maxBytes: number): Promise<void> {
  let received = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      if (received <= maxBytes) done(null, chunk);
      else {
        done(new RequestError('body_too_large', `Expected at most ${maxBytes} bytes but received more`));
      }
    },
  });
  await pipeline(body, limit, createWriteStream(path, { mode: 0o600, flags: 'wx' }));
}
