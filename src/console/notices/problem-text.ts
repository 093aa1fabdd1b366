import { ProblemError } from '../../client/index.ts';
import { t } from '../texts/texts.ts';

/** What happened, for people: our words where the code has some, else the server's. */
export function problemText(error: unknown): string {
  if (error instanceof ProblemError) return codeText(error.code, error.message);
  if (error instanceof TypeError) return t.problems.unreachable;
  if (error instanceof DOMException && UNREADABLE.includes(error.name)) return t.problems.fileGone;
  return error instanceof Error ? error.message : String(error);
}

const UNREADABLE: readonly string[] = ['NotFoundError', 'NotReadableError'];

/** Of a code that came with a result. */
export function codeText(code: string | undefined, message = ''): string {
  return (code !== undefined && t.problems.codes[code]) || message || t.problems.unknown;
}
