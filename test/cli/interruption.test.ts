import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { finished, jsonLines, photos, runCli, startCli, testFolder } from './cli-process.ts';

describe('a command that is interrupted', () => {
  it('ends with 130 and one line, and keeps what it has acknowledged', async () => {
    const folder = await thirteenPeople();
    const child = startCli(folder, ['enroll', 'people', '--largest', '--json']);
    child.stdout!.once('data', () => child.kill('SIGINT'));
    const { code, stdout, stderr } = await finished(child);
    expect(code).toBe(130);
    expect(stderr.match(/^acquaint: .*$/gm)).toEqual([
      'acquaint: interrupted; what was enrolled before is kept.',
    ]);
    const acknowledged = jsonLines(stdout).filter(({ status }) => status === 'enrolled');
    expect(acknowledged.length).toBeGreaterThanOrEqual(1);
    expect(acknowledged.length).toBeLessThan(13);
    expect(await peopleIn(folder)).toHaveLength(acknowledged.length);
  });
});

describe('a command whose output nobody reads any more', () => {
  it('ends quietly with 130 when it is cut short', async () => {
    const folder = await thirteenPeople();
    const child = startCli(folder, ['detect', 'people', '--json', '-q']);
    child.stdout!.destroy();
    expect(await errorsOf(child)).toEqual([130, '']);
  });

  it('does not say that everybody was enrolled', async () => {
    const folder = await thirteenPeople();
    const child = startCli(folder, ['enroll', 'people', '--largest', '--json', '-q']);
    child.stdout!.once('data', () => child.stdout!.destroy());
    expect(await errorsOf(child)).toEqual([
      130,
      'acquaint: interrupted because nobody reads the output; what was enrolled before is kept.\n',
    ]);
    const people = await peopleIn(folder);
    expect(people.length).toBeGreaterThanOrEqual(1);
    expect(people.length).toBeLessThan(13);
  });

  it('ends as ever when it had come to its end', async () => {
    const folder = await testFolder();
    const child = startCli(folder, ['enroll', '--name', 'Nicolas', photos.cage, '-q']);
    child.stdout!.destroy();
    expect(await errorsOf(child)).toEqual([0, '']);
    expect(await peopleIn(folder)).toHaveLength(1);
  });
});

describe.runIf(existsSync('/dev/full'))('a command whose output finds no room', () => {
  it.each<[readonly string[]]>([
    [[]],
    [['--help']],
    [['help', 'enroll']],
    [['--version']],
    [['people', '--json']],
    [['detect', photos.cage]],
    [['verify', photos.cage, photos.otherCage, '--json']],
    [['enroll', '--name', 'Nicolas', photos.otherCage]],
    [['models']],
    [['doctor']],
    [['keys', 'create', '--name', 'door', '--scopes', 'read']],
    [['nosuch', '--json']],
  ])('%j ends with 3 and one line', async (args) => {
    const folder = await testFolder();
    await runCli(folder, 'enroll', '--name', 'Nicolas', photos.cage, '-q');
    const full = openSync('/dev/full', 'w');
    const { code, stderr } = await finished(startCli(folder, args, { stdout: full }));
    closeSync(full);
    expect(code).toBe(3);
    expect(stderr.match(/^acquaint: the output .*$/gm)).toEqual([
      'acquaint: the output cannot be written: ENOSPC: no space left on device, write.',
    ]);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});

function thirteenPeople(): Promise<string> {
  const names = Array.from({ length: 12 }, (_, index) => `people/Person ${index + 1}/group.jpg`);
  return testFolder({
    'people/A/cage.jpg': photos.cage,
    ...Object.fromEntries(names.map((name) => [name, photos.group])),
  });
}

async function peopleIn(folder: string): Promise<unknown[]> {
  return JSON.parse((await runCli(folder, 'people', '--json')).stdout).people;
}

async function errorsOf(child: ChildProcess): Promise<[code: number, stderr: string]> {
  let stderr = '';
  child.stderr!.on('data', (text) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  return [code, stderr];
}

describe('two processes', () => {
  it('enrol into one gallery at once, and everybody is in it', async () => {
    const folder = await testFolder({
      'one/Justin/1.jpg': photos.bieber,
      'one/Nicolas/1.jpg': photos.cage,
      'two/Nicolas/2.jpg': photos.otherCage,
      'two/Audrey/1.jpg': photos.audrey,
    });
    const results = await Promise.all(['one', 'two'].map((name) => runCli(folder, 'enroll', name)));
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    const { people } = JSON.parse((await runCli(folder, 'people', '--json')).stdout);
    expect(people).toMatchObject([
      { name: 'Audrey', faces: 1 },
      { name: 'Justin', faces: 1 },
      { name: 'Nicolas', faces: 2 },
    ]);
  });
});
