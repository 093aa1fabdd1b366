/** A row as a driver gives it. */
export type SqlRow = Readonly<Record<string, unknown>>;

export function rowOf(value: unknown): SqlRow | undefined {
  return typeof value === 'object' && value !== null ? (value as SqlRow) : undefined;
}
