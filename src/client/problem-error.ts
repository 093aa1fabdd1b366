import type { Problem } from '../api/shapes.ts';

/** The server refused a request, and said why. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  /** For programs: the same words as in the library and on the command line. */
  readonly code: string;
  readonly status: number;
  readonly problem: Problem;
  /** When to come again; null when the server did not say. */
  readonly retryAfterSeconds: number | null;

  constructor(problem: Problem, retryAfterSeconds: number | null) {
    super(problem.detail);
    this.code = problem.code;
    this.status = problem.status;
    this.problem = problem;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
