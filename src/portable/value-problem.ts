/**
 * A value of a file that is not what its format says. It knows neither file nor line: who reads adds them.
 * `received` tells kinds and counts only: what stands in such files are people's names and faces.
 */
export class ValueProblem extends Error {
  override readonly name = 'ValueProblem';
  /** "64 digits of a SHA-256 for face.contentHash" */
  readonly expected: string;
  readonly received: string;

  constructor(expected: string, received: string) {
    super(`Expected ${expected} but received ${received}`);
    this.expected = expected;
    this.received = received;
  }
}

/** The kind of a value, for messages. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  switch (typeof value) {
    case 'string':
      return `a text of ${value.length} characters`;
    case 'number':
      return Number.isFinite(value) ? 'a number' : 'a number that is not finite';
    case 'boolean':
      return String(value);
    case 'object':
      return 'an object';
    default:
      return `a ${typeof value}`;
  }
}
