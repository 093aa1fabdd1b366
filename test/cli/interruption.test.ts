import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { finished, jsonLines, photos, runCli, startCli, testFolder } from './cli-process.ts';

describe('a command that is interrupted', () => {
  it('ends with 130 and one line, and keeps what it has acknowledged', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `people/Person ${index + 1}/group.jpg`);
    const folder = await testFolder({
      'people/A/cage.jpg': photos.cage,
      ...Object.fromEntries(names.map((name) => [name, photos.group])),
    });
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
    const { people } = JSON.parse((await runCli(folder, 'people', '--json')).stdout) as { people: unknown[] };
    expect(people).toHaveLength(acknowledged.length);
  });

  it('ends quietly when nobody reads its output any more', async () => {
    const folder = await testFolder();
    const child = startCli(folder, ['detect', photos.cage, photos.bieber, photos.audrey, '--json', '-q']);
    child.stdout!.destroy();
    let stderr = '';
    child.stderr!.on('data', (text) => {
      stderr += text;
    });
    const [code] = await once(child, 'close');
    expect([code, stderr]).toEqual([0, '']);
  });
});

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
