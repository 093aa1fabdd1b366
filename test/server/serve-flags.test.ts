import type { ChildProcess } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type CliResult, finished, runCli, startCli, testFolder } from '../cli/cli-process.ts';
import { ChallengeSocket, refused } from './challenge-client.ts';
import { ask } from './served.ts';

/** A real `acquaint serve` that listens, in a folder of its own. */
async function serving(...flags: readonly string[]): Promise<{ url: string; end(): Promise<CliResult> }> {
  const folder = await testFolder();
  const child = startCli(folder, ['serve', '--port', '0', '--detector', 'hog', '--effort', 'fast', ...flags]);
  const result = finished(child);
  return {
    url: await listening(child),
    end() {
      child.kill('SIGTERM');
      return result;
    },
  };
}

function listening({ stdout, stderr }: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let said = '';
    for (const stream of [stdout!, stderr!]) {
      stream.on('data', (text: string) => {
        said += text;
        const [, url] = /Listening on (http:\S+)/.exec(said) ?? [];
        if (url !== undefined) done(url);
      });
    }
    stderr!.once('close', () => fail(new Error(`Expected a server that listens but received ${said}`)));
  });
}

async function livenessOf(url: string) {
  return (await ask(`${url}/v1/collections/default/liveness`, 'GET')).body;
}

describe('acquaint serve, asked for liveness', () => {
  it('judges challenges by the 68 points, and lets nobody draw more than --max-challenges', async () => {
    const { url, end } = await serving('--liveness-68-points', '--max-challenges', '1');
    expect(await livenessOf(url)).toMatchObject({ landmarks: 'dlib68' });
    const first = new ChallengeSocket(url);
    expect(await first.message(0)).toMatchObject({ type: 'challenge' });
    first.socket.close();
    await first.closed();
    const { status, retryAfter } = await refused(new ChallengeSocket(url));
    expect(status).toBe(429);
    expect(Number(retryAfter)).toBeGreaterThan(500);
    expect((await end()).code).toBe(0);
  });

  it('takes the free points and ten challenges where nothing is said', async () => {
    const { url, end } = await serving();
    expect(await livenessOf(url)).toMatchObject({ landmarks: 'dlib5' });
    for (let i = 0; i < 10; i++) {
      const drawn = new ChallengeSocket(url);
      await drawn.message(0);
      drawn.socket.close();
      await drawn.closed();
    }
    expect((await refused(new ChallengeSocket(url))).status).toBe(429);
    await end();
  });

  it.each([
    [['--max-challenges', '0'], /Expected a whole number of at least 1 but received 0/],
    [['--max-challenges', 'many'], /Expected a whole number of at least 1 but received many/],
    [['--max-challenges', ''], /Expected a whole number of at least 1 but received nothing/],
    [
      ['--liveness-68-points', '--commercial'],
      /Expected .*--liveness-68-points.* without .*--commercial.* received both.*not for commercial use.*five points/s,
    ],
  ])('does not start with %j', async (flags, message) => {
    const folder = await testFolder();
    const { code, stderr } = await runCli(folder, 'serve', '--port', '0', '--detector', 'hog', ...flags);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  it('says in its help that the model of the 68 points is not for commercial use', async () => {
    const { stdout } = await runCli(await testFolder(), 'serve', '--help');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/--liveness-68-points [^-]*not for commercial use/);
    expect(stdout).toMatch(/--max-challenges <number> .*(\n.*)*default: 10/);
  });
});
