/** Of a number that is typed in; both ends count. */
export interface Limits {
  readonly min: number;
  readonly max: number;
}

/** `value`: as a field gives it; '' and '-' are no numbers. */
export function isWithin({ min, max }: Limits, value: number | string): boolean {
  const number = typeof value === 'number' || value.trim() !== '' ? Number(value) : Number.NaN;
  return number >= min && number <= max;
}
