import { AcquaintError } from '../errors.ts';
import { ValueProblem } from './value-problem.ts';

/** A file to import that is not what it should be. */
export function badImport(message: string, cause?: unknown): AcquaintError {
  return new AcquaintError('bad_import', message, { cause });
}

/** An error met while reading a file, in words that name the file; any other error comes back as it is. */
export function inFile(path: string, error: unknown): unknown {
  if (error instanceof ValueProblem) {
    return badImport(`Expected ${error.expected} in ${path} but received ${error.received}`);
  }
  return isSystemError(error) ? cannotRead(path, error) : error;
}

/** A file or folder to import that the system does not give. */
export function cannotRead(path: string, cause: unknown): AcquaintError {
  return badImport(`${path} cannot be read: ${reason(cause)}`, cause);
}

function reason(cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is none';
  if (code === 'ENOTDIR') return 'it is not a folder, or lies below a file';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return code ?? 'unknown error';
}

/** Whether the system, not the content of a file, is to blame. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
