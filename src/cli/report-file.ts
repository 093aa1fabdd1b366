import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Evaluation, PadEvaluation } from '../index.ts';
import { loadLibrary } from './library.ts';
import type { Failure } from './output.ts';

/** Asked before the long measuring. throws  AcquaintError('output_failed') */
export async function requireWritable(path: string): Promise<void> {
  const { AcquaintError } = await loadLibrary();
  try {
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory()) throw Object.assign(new Error('Expected a file'), { code: 'EISDIR' });
    await access(found ? path : dirname(path), constants.W_OK);
  } catch (cause) {
    throw new AcquaintError('output_failed', unwritable(path, cause), { cause });
  }
}

/** ensures  null when it is written: a disk that is full costs the report, not what was measured */
export async function writeReport(
  path: string,
  evaluation: Evaluation | PadEvaluation,
): Promise<Failure | null> {
  const { renderReport } = await loadLibrary();
  const page = await renderReport(evaluation);
  try {
    const file = await open(path, 'w', 0o600);
    try {
      // A file that was there keeps its mode otherwise, and the page shows faces. A device is nobody's to change.
      if ((await file.stat()).isFile()) await file.chmod(0o600);
      await file.writeFile(page);
    } finally {
      await file.close();
    }
    return null;
  } catch (cause) {
    return { file: path, code: 'output_failed', message: unwritable(path, cause) };
  }
}

function unwritable(path: string, cause: unknown): string {
  return `The report ${path} cannot be written (${(cause as NodeJS.ErrnoException).code})`;
}
