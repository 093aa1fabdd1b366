import type { Command } from 'commander';
import { addExamples, type RunContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import {
  addCommonOptions,
  type CommonFlags,
  recognizerOptions,
  wholeFromOne,
  wholeFromZero,
} from '../options.ts';
import { note } from '../output.ts';
import { locatePath } from '../picture-files.ts';

interface ServeFlags extends CommonFlags {
  readonly host: string;
  readonly port: number;
  readonly data?: string;
  readonly maxUpload: number;
  readonly queue: number;
  readonly requests: number;
  readonly maxChallenges: number;
  readonly liveness68Points?: boolean;
  readonly trustProxy?: boolean;
  readonly open?: boolean;
}

const MEBIBYTE = 1024 * 1024;

export function addServe(program: Command, context: RunContext): void {
  const command = program
    .command('serve')
    .summary('serve the console and the API')
    .description(
      'Serves the console, a page for the browser, and the API over HTTP and WebSocket, which /docs describes. On this machine alone it needs no key as ' +
        'long as none was made; on any other address it does not start without (acquaint keys create).',
    )
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', wholeFromZero, 8420)
    .option('--data <dir>', "folder of keys, audit log and jobs; default: the gallery's path with .server")
    .option('--max-upload <MiB>', 'largest picture', wholeFromOne, 25)
    .option(
      '--queue <length>',
      'requests with pictures that may wait; the next is answered 503',
      wholeFromOne,
      32,
    )
    .option('--requests <number>', 'requests a minute from one key', wholeFromOne, 1200)
    .option(
      '--max-challenges <number>',
      'challenges that one key may draw in ten minutes and not pass; the next is answered 429',
      wholeFromOne,
      10,
    )
    .option(
      '--liveness-68-points',
      'judge challenges by 68 landmarks, whose model is not for commercial use; five, the default, are for any use',
    )
    .option('--open', 'open the console in the browser')
    .option('--trust-proxy', "take the client's address from X-Forwarded-For: behind your own proxy only");
  addCommonOptions(command, ['gallery', 'threshold', 'rate', 'decision', 'picture', 'recipe', 'progress']);
  addExamples(command, [
    ['acquaint serve --open', 'the console: http://127.0.0.1:8420, the API: http://127.0.0.1:8420/docs'],
    ['acquaint keys create --name door --scopes recognize', 'from now on a key is needed'],
    ['acquaint serve --host 0.0.0.0', 'for the network, with keys'],
  ]);
  command.action((flags: ServeFlags) => runServe(flags, context));
}

async function runServe(flags: ServeFlags, context: RunContext): Promise<void> {
  const { openServer } = await import('../../server/index.ts');
  const server = await openServer({
    recognizer: { ...recognizerOptions(flags), gallery: await locatePath(flags.gallery) },
    host: flags.host,
    port: flags.port,
    data: flags.data && (await locatePath(flags.data)),
    maxUploadBytes: flags.maxUpload * MEBIBYTE,
    queueLength: flags.queue,
    requestsPerMinute: flags.requests,
    liveness: {
      maxFailedChallenges: flags.maxChallenges,
      sixtyEightPoints: flags.liveness68Points,
    },
    trustProxy: flags.trustProxy,
    log: flags.quiet ? undefined : process.stdout,
  });
  try {
    const keys = server.needsKeys ? 'an API key is needed' : 'no API key is needed from this machine';
    note(
      `Listening on ${server.url} (${keys}): open it in a browser; /docs describes the API. Ctrl-C ends it.`,
    );
    if (flags.open) await openInBrowser(server.url);
    await Promise.race([server.ready.then(() => never), ended(context.signal)]);
  } finally {
    await server.close();
  }
  context.finish(exitCodes.done);
}

/** The server goes on where there is no browser. */
async function openInBrowser(url: string): Promise<void> {
  const { default: open } = await import('open');
  const complain = () => note(`No browser could be started: open ${url} in one`);
  const browser = await open(url).catch(complain);
  browser?.once('error', complain);
}

const never = new Promise<never>(() => {});

/** Until Ctrl-C, or whoever runs it as a service ends it. */
function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    process.once('SIGTERM', () => resolve());
    if (signal.aborted) resolve();
  });
}
