import { fileURLToPath } from 'node:url';

/** A file that Python has written: make-fixtures.py beside it tells how. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
}

/** The names in the fixtures. */
export const NAMES: readonly string[] = [
  'Ada Lovelace',
  'Grace Hopper',
  'Åsa Öberg',
  '山田 花子',
  '😀 \\ \'"',
  'Ada Lovelace',
];
