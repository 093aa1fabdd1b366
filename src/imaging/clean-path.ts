import { stat } from 'node:fs/promises';
import { requireString } from '../core/arguments.ts';

/**
 * Invisible marks that come along when a path is pasted from Windows' property dialog (it puts U+202A in front) or
 * from right-to-left text: U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069.
 */
const directionMarks = '\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069';
// A lone double quote too: cmd.exe turns "C:\photos\" into C:\photos", and no Windows file name may hold one.
const atTheEnds = new RegExp(`^[${directionMarks}"]+|[${directionMarks}"]+$`, 'g');
const inSingleQuotes = /^'(.*)'$/s;

/**
 * The path without the quotes and invisible direction marks around it; what is inside the path stays.
 * ensures  cleaning twice changes nothing more. May be the empty string.
 */
export function cleanPath(path: string): string {
  requireString('path', path);
  const cleaned = path.replace(atTheEnds, '').replace(inSingleQuotes, '$1');
  return cleaned === path ? path : cleanPath(cleaned);
}

/**
 * The path to use for what a user typed or pasted: as given when something of exactly that name exists (quotes are
 * lawful in names outside Windows), else cleaned.
 */
export async function findPath(path: string): Promise<string> {
  const cleaned = cleanPath(path);
  if (cleaned === path) return path;
  const found = await stat(path).then(
    () => true,
    () => false,
  );
  return found ? path : cleaned;
}
