import type { SingleBar } from 'cli-progress';
import { counted } from './output.ts';
import { printable } from './printable.ts';

/** Shows how far a batch is, on stderr. */
export interface Progress {
  advance(): void;
  /** A line of its own, which the bar makes room for. */
  log(line: string): void;
  /** Calling it twice is harmless. */
  stop(): void;
}

export interface ProgressOptions {
  /** What is being done: `recognizing`. */
  readonly title: string;
  readonly total: number;
  /** What is counted (default: picture). */
  readonly unit?: string;
  readonly quiet: boolean;
  /** Whether lines of data are printed meanwhile: on a terminal they would tear the bar. */
  readonly streaming: boolean;
}

/** Between two plain lines. */
export const PLAIN_INTERVAL_MS = 5000;

/** A bar on a terminal; plain lines, now and then, elsewhere; nothing when quiet or for a single picture. */
export async function startProgress(options: ProgressOptions): Promise<Progress> {
  if (options.quiet || options.total < 2) return silent();
  if (!process.stderr.isTTY) return plainLines(options);
  return options.streaming && process.stdout.isTTY ? silent() : bar(options);
}

/** A line for people, on stderr. */
export function writeLine(line: string): void {
  process.stderr.write(`${printable(line)}\n`);
}

function silent(): Progress {
  return { advance: () => {}, log: writeLine, stop: () => {} };
}

function plainLines({ title, total, unit }: ProgressOptions): Progress {
  const startedAt = Date.now();
  let lastLineAt = startedAt;
  let done = 0;
  let stopped = false;
  writeLine(`${title} ${counted(total, unit ?? 'picture')}`);
  return {
    advance() {
      done++;
      const now = Date.now();
      if (now - lastLineAt < PLAIN_INTERVAL_MS || done === total) return;
      lastLineAt = now;
      writeLine(`${title} ${done} of ${total}, ${paceText(done, total, now - startedAt)}`);
    },
    log: writeLine,
    stop() {
      if (stopped) return;
      stopped = true;
      const seconds = (Date.now() - startedAt) / 1000;
      writeLine(`${title} ${done} of ${total}: ended after ${durationText(seconds)}`);
    },
  };
}

async function bar({ title, total }: ProgressOptions): Promise<Progress> {
  const single = await createBar(`${title} {bar} {value}/{total} · {pace}`);
  const startedAt = Date.now();
  let done = 0;
  single.start(total, 0, { pace: 'starting' });
  return {
    advance() {
      done++;
      single.update(done, { pace: paceText(done, total, Date.now() - startedAt) });
    },
    log(line) {
      process.stderr.write('\r\u001b[2K');
      writeLine(line);
      single.render();
    },
    stop: () => single.stop(),
  };
}

/** A bar on stderr that looks as all of this program's do. `{bar}` and the payload's names stand in `format`. */
export async function createBar(format: string): Promise<SingleBar> {
  const { default: cliProgress } = await import('cli-progress');
  return new cliProgress.SingleBar({
    stream: process.stderr,
    format,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 28,
    clearOnComplete: true,
    // Ctrl-C is handled once, in main.ts; the bar is stopped on the way out.
    gracefulExit: false,
  });
}

/** `3.2/s · 12 s left`. */
export function paceText(done: number, total: number, elapsedMs: number): string {
  const perSecond = done / Math.max(0.001, elapsedMs / 1000);
  const rate = perSecond >= 10 ? Math.round(perSecond).toString() : perSecond.toFixed(1);
  return `${rate}/s · ${durationText((total - done) / perSecond)} left`;
}

/** `0.4 s`, `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function durationText(seconds: number): string {
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
