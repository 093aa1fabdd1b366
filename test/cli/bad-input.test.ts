import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { jsonLines, photos, runCli, testFolder } from './cli-process.ts';

/** Exit code 1, every bad picture on a line of its own, no stack. */
async function expectNamed(folder: string, file: string, content: Uint8Array | string, says: RegExp) {
  await writeFile(join(folder, file), content);
  const { code, stderr, stdout } = await runCli(folder, 'detect', file, photos.cage);
  expect(code).toBe(1);
  const lines = stderr.split('\n').filter((line) => line.startsWith('acquaint:'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(file);
  expect(lines[0]).toMatch(says);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stdout).toContain('1 face in 1 picture');
}

describe('a bad picture is named with its reason, and the others go on', () => {
  it('also among so many arguments that they would overflow the stack of a thread that opens a net', async () => {
    const missing = Array.from({ length: 1500 }, (_, i) => `${'long/'.repeat(20)}missing-${i}.jpg`);
    const { code, stdout } = await runCli(await testFolder(), 'detect', ...missing, photos.cage, '--json');
    expect(code).toBe(1);
    const lines = jsonLines(stdout);
    expect(lines).toHaveLength(1501);
    expect(lines.filter((line) => 'faces' in line)).toHaveLength(1);
  });

  it('a text file named .jpg', async () => {
    await expectNamed(await testFolder(), 'text.jpg', 'hello', /not a picture/i);
  });

  it('an empty file', async () => {
    await expectNamed(await testFolder(), 'empty.jpg', '', /empty/i);
  });

  it('a JPEG that is cut short', async () => {
    const whole = await readFile(photos.bieber);
    const half = whole.subarray(0, whole.length / 2);
    await expectNamed(await testFolder(), 'half.jpg', half, /cut short|damaged|truncated|incomplete/i);
  });

  it('a PNG of 20,000 x 20,000 pixels, by its size', async () => {
    const side = 20_000;
    const huge = await sharp({
      create: { width: side, height: side, channels: 3, background: 'white' },
      limitInputPixels: false,
    })
      .png({ compressionLevel: 1 })
      .toBuffer();
    await expectNamed(await testFolder(), 'huge.png', huge, /20000 x 20000.*limit/i);
  });

  it('a damaged HEIC photo', async () => {
    const header = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');
    await expectNamed(await testFolder(), 'photo.heic', header, /HEIC|HEIF/);
  });

  it('a file that is not there', async () => {
    const { code, stdout } = await runCli(await testFolder(), 'detect', 'missing.jpg', '--json');
    expect(code).toBe(1);
    expect(jsonLines(stdout)).toMatchObject([{ file: 'missing.jpg', error: { code: 'unreadable' } }]);
  });
});

describe('pictures that are odd but lawful', () => {
  it('a picture of one pixel has no face, which is no failure', async () => {
    const folder = await testFolder();
    await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } }).toFile(
      join(folder, 'dot.png'),
    );
    const { code, stdout } = await runCli(folder, 'detect', 'dot.png', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ file: 'dot.png', width: 1, height: 1, faces: [] });
  });

  it('a path with spaces, quotes and U+202A from Windows', async () => {
    const folder = await testFolder({ 'my photos/the cage.jpg': photos.cage });
    const pasted = '\u202a"my photos/the cage.jpg"';
    const { code, stdout } = await runCli(folder, 'detect', pasted, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ file: 'my photos/the cage.jpg' });
  });
});

describe('folders', () => {
  it('a folder without pictures answers 1 with one line', async () => {
    const folder = await testFolder();
    await mkdir(join(folder, 'nothing/here'), { recursive: true });
    for (const command of ['detect', 'enroll']) {
      const { code, stderr } = await runCli(folder, command, 'nothing');
      expect(code).toBe(1);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(stderr).toMatch(/^acquaint: nothing\S* holds no pictures/);
    }
  });

  it('pictures without a folder of their person are not guessed', async () => {
    const folder = await testFolder({ 'photos/a.jpg': photos.cage });
    const { code, stderr } = await runCli(folder, 'enroll', 'photos');
    expect(code).toBe(1);
    expect(stderr).toContain('--name');
  });
});

describe('enrolling', () => {
  it('refuses pictures without a face or with several, and takes the largest when told to', async () => {
    const folder = await testFolder({
      'people/Ada/group.jpg': photos.group,
      'people/Ada/none.png': photos.noFace,
    });
    const { code, stdout } = await runCli(folder, 'enroll', 'people', '--json');
    expect(code).toBe(1);
    expect(jsonLines(stdout)).toMatchObject([
      { status: 'failed', reason: 'multiple_faces' },
      { status: 'failed', reason: 'no_face' },
    ]);
    const largest = await runCli(
      folder,
      'enroll',
      '--name',
      'Ada',
      'people/Ada/group.jpg',
      '--largest',
      '--json',
    );
    expect(largest.code).toBe(0);
    expect(jsonLines(largest.stdout)).toMatchObject([
      { person: 'Ada', status: 'enrolled', face: { box: {} } },
    ]);
  });

  it('takes the face at a point of a picture, and fails where there is none', async () => {
    const folder = await testFolder({ 'group.jpg': photos.group });
    const detected = jsonLines((await runCli(folder, 'detect', 'group.jpg', '--json')).stdout);
    const [{ faces }] = detected as [
      { faces: { box: { left: number; top: number; right: number; bottom: number } }[] },
    ];
    const { box } = faces[2]!;
    const at = `${(box.left + box.right) / 2},${(box.top + box.bottom) / 2}`;
    const enroll = (...args: string[]) =>
      runCli(folder, 'enroll', '--name', 'Ada', 'group.jpg', '--json', ...args);
    const nowhere = await enroll('--at', '0,0');
    expect(nowhere.code).toBe(1);
    expect(jsonLines(nowhere.stdout)).toMatchObject([{ status: 'failed', reason: 'no_face' }]);
    const there = await enroll('--at', at);
    expect(there.code).toBe(0);
    expect(jsonLines(there.stdout)).toMatchObject([{ person: 'Ada', status: 'enrolled', face: { box } }]);
  });

  it('keeps names with emoji, slashes and brackets as they are', async () => {
    const folder = await testFolder({ 'cage.jpg': photos.otherCage });
    const name = 'Åda 🦊 / <b>[x]</b>, "q"';
    expect((await runCli(folder, 'enroll', '--name', name, photos.cage)).code).toBe(0);
    expect(JSON.parse((await runCli(folder, 'people', '--json')).stdout).people[0].name).toBe(name);
    const { stdout } = await runCli(folder, 'recognize', 'cage.jpg', '--csv', '--out', 'out');
    expect(stdout).toBe('cage.jpg,"Åda 🦊 / <b>[x]</b>, ""q"""\n');
    expect((await runCli(folder, 'forget', name, '--yes')).code).toBe(0);
  });

  it('refuses a name of nothing as wrong usage', async () => {
    const { code, stderr } = await runCli(await testFolder(), 'enroll', '--name', ' ', photos.cage);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^acquaint: Expected a name of 1 to \d+ characters/m);
  });
});

describe('a gallery that cannot be used answers 3 with one line', () => {
  async function expectRefused(folder: string, gallery: string, code: string, ...more: string[]) {
    const args = ['enroll', '--name', 'Ada', photos.cage, '--gallery', gallery, '--json', ...more];
    const result = await runCli(folder, ...args);
    expect(result.code).toBe(3);
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(result.stdout)).toMatchObject({ error: { code } });
  }

  it('a folder', async () => {
    const folder = await testFolder();
    await mkdir(join(folder, 'people.db'));
    await expectRefused(folder, 'people.db', 'gallery_unusable');
  });

  it.runIf(process.platform === 'linux')('a place that cannot be written', async () => {
    await expectRefused(await testFolder(), '/proc/people.db', 'gallery_unusable');
  });

  it('a file that is no gallery', async () => {
    const folder = await testFolder();
    await writeFile(join(folder, 'people.db'), 'this is no gallery, but a text of some length.'.repeat(50));
    await expectRefused(folder, 'people.db', 'gallery_corrupt');
  });

  it('a gallery of another recipe, and the people in it stay', async () => {
    const folder = await testFolder();
    const enrolled = await runCli(
      folder,
      'enroll',
      '--name',
      'Ada',
      photos.cage,
      '--mirror',
      '-g',
      'people.db',
    );
    expect(enrolled.code).toBe(0);
    await expectRefused(folder, 'people.db', 'recipe_mismatch', '--effort', 'fast');
    const { stdout } = await runCli(folder, 'people', '--mirror', '-g', 'people.db', '--json');
    expect(JSON.parse(stdout).people).toMatchObject([{ name: 'Ada', faces: 1 }]);
  });

  it('a gallery that is not there is made by enroll only', async () => {
    const folder = await testFolder();
    const { code, stderr } = await runCli(folder, 'recognize', photos.cage);
    expect(code).toBe(3);
    expect(stderr).toContain('acquaint enroll');
    await expect(readFile(join(folder, 'acquaint.db'))).rejects.toThrow();
  });
});
