import { createBar, durationText, PLAIN_INTERVAL_MS, writeLine } from './progress.ts';

/** Shows how far a download is, on stderr. Nothing is shown before the first `update`. */
export interface ByteProgress {
  /** `total`: null when nobody knows. */
  update(received: number, total: number | null): void;
  /** Calling it twice is harmless. */
  stop(): void;
}

/** A bar on a terminal; plain lines, now and then, elsewhere; nothing when quiet. */
export async function startByteProgress(title: string, quiet: boolean): Promise<ByteProgress> {
  if (quiet) return { update: () => {}, stop: () => {} };
  return process.stderr.isTTY ? byteBar(title) : byteLines(title);
}

function byteLines(title: string): ByteProgress {
  let pace: Pace | null = null;
  let lastLineAt = 0;
  return {
    update(received, total) {
      const now = Date.now();
      if (now - lastLineAt < PLAIN_INTERVAL_MS) return;
      lastLineAt = now;
      const how = pace?.text(received, total) ?? (received > 0 ? 'going on' : 'starting');
      writeLine(
        `${title}: ${received === 0 && total === null ? '' : `${amountText(received, total)}, `}${how}`,
      );
      pace ??= startPace(received);
    },
    stop: () => {},
  };
}

async function byteBar(title: string): Promise<ByteProgress> {
  const single = await createBar(`${title} {bar} {amount} · {pace}`);
  let pace: Pace | null = null;
  return {
    update(received, total) {
      const payload = {
        amount: amountText(received, total),
        pace: pace?.text(received, total) ?? 'starting',
      };
      // A bar of 1 that stays empty where nobody knows the whole.
      if (pace === null) single.start(total ?? 1, 0, payload);
      pace ??= startPace(received);
      if (total !== null) single.setTotal(total);
      single.update(total === null ? 0 : received, payload);
    },
    stop: () => single.stop(),
  };
}

interface Pace {
  text(received: number, total: number | null): string;
}

/** What was there before the first update came in another run and says nothing about the rate. */
function startPace(before: number): Pace {
  const startedAt = Date.now();
  return {
    text(received, total) {
      const perSecond = (received - before) / Math.max(0.001, (Date.now() - startedAt) / 1000);
      if (perSecond <= 0) return 'starting';
      const left = total === null ? '' : ` · ${durationText((total - received) / perSecond)} left`;
      return `${megabytes(perSecond)}/s${left}`;
    },
  };
}

/** `12.3 of 174.4 MB`, `12.3 MB`. */
export function amountText(received: number, total: number | null): string {
  return total === null ? megabytes(received) : `${(received / 1e6).toFixed(1)} of ${megabytes(total)}`;
}

/** `174.4 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
