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
import { buildProgram } from './program.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<ExitCode> {
  endQuietlyWhenNobodyReads();
  const signal = abortAtInterrupt();
  let code: ExitCode = exitCodes.done;
  const context: RunContext = {
    signal,
    finish(given) {
      code = given;
    },
  };
  try {
    if (args.length === 0) await printIntro();
    else await buildProgram(context).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return reportError(error, signal, args);
  }
}

/** `acquaint … | head` closes the pipe: there is nobody to tell anything any more. */
function endQuietlyWhenNobodyReads(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(exitCodes.done);
      throw error;
    });
  }
}

/** The first Ctrl-C lets what is in work come to an end; the second ends the process at once. */
function abortAtInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
  });
  return controller.signal;
}

/** One line for whatever ended the command. */
function reportError(error: unknown, signal: AbortSignal, args: readonly string[]): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.wrongUsage;
  if (process.env.ACQUAINT_DEBUG) console.error(error);
  if (signal.aborted) {
    complain(args[0] === 'enroll' ? 'interrupted; what was enrolled before is kept.' : 'interrupted.');
    return exitCodes.interrupted;
  }
  const message = messageOf(error);
  complain(message);
  if (args.includes('--json') && isAcquaintError(error)) printJson({ error: { code: error.code, message } });
  return exitCodeOf(error);
}

function messageOf(error: unknown): string {
  if (error instanceof UsageError || isAcquaintError(error) || isRefusedValue(error)) return error.message;
  const text = error instanceof Error ? error.message : String(error);
  return `unexpected error: ${text} (ACQUAINT_DEBUG=1 shows where; please report it)`;
}
