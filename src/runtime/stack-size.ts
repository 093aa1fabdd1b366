const MEBIBYTE = 2 ** 20;
/** Node's own size for a worker thread's stack. */
const USUAL_MB = 4;
/** Measured: 190 bytes; twice that, to be safe. */
const STACK_BYTES_PER_CHARACTER = 400;
/** Only addresses are reserved. */
const MOST_MB = 1024;

/**
 * How large the stack of a thread must be in which ONNX Runtime 1.30 opens its first net, in MB: on Linux it matches the
 * process's command line against a regular expression that recurses once a character, so that a few hundred file names
 * (`acquaint recognize *.jpg`) overflowed the usual stack and ended the process.
 */
export function stackSizeMb(commandLine: readonly string[] = [...process.execArgv, ...process.argv]): number {
  const characters = commandLine.reduce((sum, word) => sum + Buffer.byteLength(word) + 1, 0);
  const needed = USUAL_MB + Math.ceil((characters * STACK_BYTES_PER_CHARACTER) / MEBIBYTE);
  return Math.min(MOST_MB, needed);
}
