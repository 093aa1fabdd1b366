#!/usr/bin/env node
import { CommanderError } from 'commander';
import type { RunContext } from './command.ts';
import {
  type ExitCode,
  exitCodeOf,
  exitCodes,
  isAcquaintError,
  isRefusedValue,
  UsageError,
} from './exit-codes.ts';
import { printIntro } from './intro.ts';
import { complain, printJson } from './output.ts';
import { buildProgram, usageText, withoutHelpOfNothing } from './program.ts';

/** Why the signal fired when it was not Ctrl-C. */
const nobodyReads = new Error('Nobody reads the output');
const cannotWrite = new Error('The output cannot be written');

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<ExitCode> {
  const ending = new AbortController();
  abortAtInterrupt(ending);
  abortWithoutOutput(ending);
  let code: ExitCode = exitCodes.done;
  const context: RunContext = {
    signal: ending.signal,
    finish(given) {
      code = given;
    },
  };
  try {
    if (args.length === 0) {
      await printIntro();
    } else {
      const program = buildProgram(context);
      await program.parseAsync(withoutHelpOfNothing(program, args), { from: 'user' });
    }
    return code;
  } catch (error) {
    return reportError(error, ending.signal, args);
  }
}

/**
 * `acquaint … | head` closes the pipe, a disk gets full: the command stops as at Ctrl-C. Ending the process here would tear
 * down native threads that still compute.
 */
function abortWithoutOutput(ending: AbortController): void {
  let isTold = false;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      ending.abort(error.code === 'EPIPE' ? nobodyReads : cannotWrite);
      if (error.code === 'EPIPE' || isTold) return;
      isTold = true;
      complain(`the output cannot be written: ${error.message}.`);
      // The last lines fail when the command has come to its end already.
      process.once('exit', () => {
        process.exitCode = exitCodes.cannotRun;
      });
    });
  }
}

/** The first Ctrl-C lets what is in work come to its end; the second ends the process at once. */
function abortAtInterrupt(ending: AbortController): void {
  process.once('SIGINT', () => {
    ending.abort();
    if (process.stderr.isTTY)
      process.stderr.write('\nFinishing what is in work; Ctrl-C again ends at once.\n');
  });
}

/** One line for whatever ended the command, and an object where JSON is asked for. */
function reportError(error: unknown, signal: AbortSignal, args: readonly string[]): ExitCode {
  const json = args.includes('--json');
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.done;
    // Commander has told its line already.
    if (json) printJson({ error: { code: 'wrong_usage', message: usageText(error.message) } });
    return exitCodes.wrongUsage;
  }
  if (process.env.ACQUAINT_DEBUG) console.error(error);
  if (signal.aborted) return reportInterruption(signal.reason, whatIsKept(args));
  const message = messageOf(error);
  complain(message);
  if (json) printJson({ error: { code: codeOf(error), message } });
  return exitCodeOf(error);
}

function reportInterruption(reason: unknown, kept: string): ExitCode {
  // Told when it happened.
  if (reason === cannotWrite) return exitCodes.cannotRun;
  if (reason !== nobodyReads) complain(`interrupted${kept}.`);
  else if (kept !== '') complain(`interrupted because nobody reads the output${kept}.`);
  return exitCodes.interrupted;
}

/** The library's code, or one of the command line's own. */
function codeOf(error: unknown): string {
  if (isAcquaintError(error)) return error.code;
  return exitCodeOf(error) === exitCodes.wrongUsage ? 'wrong_usage' : 'internal';
}

function whatIsKept(args: readonly string[]): string {
  if (args[0] === 'enroll') return '; what was enrolled before is kept';
  if (args[0] === 'calibrate') return '; the thresholds are as before';
  if (args[0] === 'migrate') return '; the gallery is as before, and the same command goes on from here';
  return args[0] === 'evaluate' && !args.includes('--no-cache') ? '; what was measured before is kept' : '';
}

function messageOf(error: unknown): string {
  if (error instanceof UsageError || isAcquaintError(error) || isRefusedValue(error)) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  return `unexpected error: ${text} (ACQUAINT_DEBUG=1 shows where; please report it)`;
}
