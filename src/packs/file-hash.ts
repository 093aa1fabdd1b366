import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

export interface FileHash {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly byteLength: number;
}

export function hashBytes(bytes: Uint8Array): FileHash {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), byteLength: bytes.length };
}

/** The hash of a file, read piece by piece. throws what opening and reading it throws, or the signal's reason. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<FileHash> {
  const hash = createHash('sha256');
  let byteLength = 0;
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    signal?.throwIfAborted();
    hash.update(piece);
    byteLength += piece.length;
  }
  return { sha256: hash.digest('hex'), byteLength };
}
