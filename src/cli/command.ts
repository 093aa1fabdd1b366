import { type Command, Option } from 'commander';
import type { ExitCode } from './exit-codes.ts';
import { loadLibrary } from './library.ts';
import { colors } from './output.ts';

/** What every command is run with. */
export interface RunContext {
  /** Fires at the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Notes the exit code of a command that came to its end. */
  finish(code: ExitCode): void;
}

/**
 * Asked before each picture, instead of handing the signal to the recognizer: pictures in work are finished and kept,
 * and no thread is ended while a net computes in it.
 * throws AcquaintError('aborted')
 */
export async function requireNotAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) return;
  const { AcquaintError } = await loadLibrary();
  throw new AcquaintError('aborted', 'The work was interrupted', { cause: signal.reason });
}

/** Examples below a command's help: what to type, and what it does. */
export function addExamples(command: Command, examples: readonly (readonly [string, string])[]): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `  ${line.padEnd(width)}   ${colors.dim(what)}`);
  return command.addHelpText('after', `\n${colors.bold('Examples:')}\n${lines.join('\n')}\n`);
}

/** `--out` and `--show`, for commands that can draw. */
export function addDrawingOptions(command: Command): Command {
  return command
    .addOption(new Option('-o, --out <dir>', 'write annotated pictures there (originals stay as they are)'))
    .addOption(new Option('--show', 'open the annotated pictures'));
}
