import pc from 'picocolors';
import type { ErrorCode } from '../index.ts';
import { jsonLine, printable } from './printable.ts';

/** What went wrong with one input. */
export interface Failure {
  readonly file: string;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Colours for stdout. picocolors' own test would colour pipes wherever $CI is set. */
export const colors = pc.createColors(takesColor(process.stdout));
export const errorColors = pc.createColors(takesColor(process.stderr));

function takesColor(stream: NodeJS.WriteStream): boolean {
  return Boolean(stream.isTTY) && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

/** Data: lines of text that are safe already. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(jsonLine(value));
}

/** One line for people, on stderr. */
export function note(text: string): void {
  process.stderr.write(`${printable(text)}\n`);
}

/** One line that names the program, on stderr. */
export function complain(text: string): void {
  process.stderr.write(`${errorColors.red('acquaint:')} ${printable(text)}\n`);
}

/** The line of a failure; the file is named once. */
export function failureText({ file, message }: Failure): string {
  return message.includes(file) ? message : `${file}: ${message}`;
}

export function failureJson({ file, code, message }: Failure): object {
  return { file, error: { code, message } };
}

/** `12 %`, `0.1 %`, `0.0003 %`: two digits that say something. */
export function shareText(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}

/** `1 face`, `2 faces`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
