import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EnrolledFace, migrateGallery, openRecognizer } from 'acquaint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSqlite } from '../../src/sqlite/sqlite-driver.ts';
import { pulledModel } from '../models/pulled-model.ts';
import {
  type CliResult,
  finished,
  jsonLines,
  makeFolder,
  photos,
  runCli,
  startCli,
  testFolder,
} from './cli-process.ts';
import { KNOWN_PEOPLE, makePeople } from './known-people.ts';

const models = await pulledModel();
const from = 'dlib-resnet-v1';
/** Slow enough to be interrupted. */
const to = 'dlib-resnet-v1+20views';
const faces = 2 * KNOWN_PEOPLE.length;

let folder: string;

const acquaint = (...args: readonly string[]): Promise<CliResult> => runCli(folder, ...args);

/** A copy of the gallery that nothing was done to yet. */
async function gallery(name: string): Promise<string> {
  await cp(join(folder, 'enrolled.db'), join(folder, name));
  return name;
}

async function copyOf(name: string): Promise<string> {
  await cp(join(folder, name), join(folder, `copy of ${name}`));
  return `copy of ${name}`;
}

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The face of a picture, as if that had been the file of other bytes. */
async function asIfEnrolledFrom(bytes: Uint8Array, picture: Uint8Array, name: string): Promise<void> {
  const database = (await loadSqlite())(join(folder, name));
  const { changes } = database
    .prepare(
      `UPDATE faces SET detail = CAST(json_set(CAST(detail AS TEXT), '$.contentHash', ?) AS BLOB)
       WHERE json_extract(CAST(detail AS TEXT), '$.contentHash') = ?`,
    )
    .run(hashOf(bytes), hashOf(picture));
  expect(Number(changes)).toBe(1);
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

async function facesIn(name: string): Promise<{ recipe: string; faces: EnrolledFace[] }> {
  const recognizer = await openRecognizer({ gallery: join(folder, name) });
  const people = await recognizer.people();
  const found = await Promise.all(people.map((person) => recognizer.person(person.name)));
  const { galleryRecipe: recipe } = recognizer;
  await recognizer.close();
  return { recipe, faces: found.flatMap((person) => person.faces) };
}

/** By pictures that are not enrolled. */
async function whoIs(name: string, ...options: readonly string[]): Promise<(string | undefined)[]> {
  const pictures = [photos.otherCage, photos.otherBieber];
  const { code, stdout } = await acquaint('recognize', ...pictures, '--json', '-g', name, '-q', ...options);
  expect(code).toBe(0);
  return jsonLines(stdout).map(
    (picture) => (picture.faces as { person: { name: string } | null }[])[0]?.person?.name,
  );
}

/** Migrates in a process of its own, which is killed when so many faces are done. */
async function killedAfter(count: number, path: string, recipe: string): Promise<void> {
  const program = `
    import { migrateGallery } from 'acquaint';
    const onProgress = (done) => done === ${count} && process.kill(process.pid, 'SIGKILL');
    await migrateGallery(process.argv[1], process.argv[2], { onProgress });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, path, recipe]);
  await once(child, 'close');
}

beforeAll(async () => {
  folder = await makeFolder();
  await makePeople(join(folder, 'people'));
  const args = ['--effort', 'fast', '--quality-filter', 'none', '-g', 'enrolled.db', '-q'];
  const { code, stderr } = await acquaint('enroll', 'people', ...args);
  expect(code, stderr).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('acquaint migrate', () => {
  it('embeds everybody by another recipe, from the crops, and says how exact that is', async () => {
    const name = await gallery('crops.db');
    const { code, stdout, stderr } = await acquaint('migrate', '--to', `${from}+4views`, '-g', name);
    expect([code, stdout]).toEqual([
      0,
      `${faces} faces embedded by ${from}+4views: 0 from pictures, ${faces} from crops.\n`,
    ]);
    expect(stderr).toContain(`embedding ${faces} faces\n`);
    expect(stderr).toMatch(/Crops are a little less exact than pictures: docs\/models\.md/);
    expect(await whoIs(name)).toEqual(['Nicolas Cage', 'Justin Bieber']);
    const again = await acquaint('migrate', '--to', `${from}+4views`, '-g', name);
    expect([again.code, again.stdout, again.stderr]).toEqual([
      0,
      `The gallery is made by ${from}+4views already.\n`,
      '',
    ]);
  });

  it('takes the pictures it is given, wherever they lie now, and gives JSON', async () => {
    const name = await gallery('pictures.db');
    await mkdir(join(folder, 'moved'));
    await cp(join(folder, 'people', 'Nicolas Cage', '1.jpg'), join(folder, 'moved', 'renamed.jpg'));
    await writeFile(join(folder, 'moved', 'text.jpg'), 'hello');
    const args = ['--to', `${from}+4views`, '-g', name, '--json', '-q'];
    const pictures = ['moved', join('people', 'Justin Bieber')];
    const { code, stdout, stderr } = await acquaint('migrate', ...args, '--pictures', ...pictures);
    expect([code, stderr, JSON.parse(stdout)]).toEqual([
      0,
      '',
      { from, to: `${from}+4views`, fromPictures: 3, fromCrops: faces - 3, failures: [] },
    ]);
  });

  it('goes to the recipe of an effort', async () => {
    const name = await gallery('effort.db');
    const { code, stdout } = await acquaint('migrate', '--to', 'balanced', '-g', name, '--json', '-q');
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { from, to: `${from}+4views` }]);
    expect((await facesIn(name)).recipe).toBe(`${from}+4views`);
    const same = await acquaint('migrate', '--to', 'balanced', '-g', name);
    expect([same.code, same.stdout]).toEqual([0, `The gallery is made by ${from}+4views already.\n`]);
  });

  it('goes to a fetched model', async () => {
    const name = await gallery('fetched.db');
    const args = ['migrate', '--to', 'mobilefacenet-512+mirror', '-g', name];
    const missing = await acquaint(...args, '--models', 'none');
    expect([missing.code, missing.stderr]).toEqual([
      3,
      expect.stringContaining('acquaint models pull mobilefacenet-512 --models none'),
    ]);
    expect((await facesIn(name)).recipe).toBe(from);
    const { code, stdout } = await acquaint(...args, '--models', models, '-q');
    expect([code, stdout]).toEqual([0, expect.stringContaining('by mobilefacenet-512+mirror:')]);
    expect(await whoIs(name, '--models', models)).toEqual(['Nicolas Cage', 'Justin Bieber']);
  });

  it('says that a calibration went with the embeddings it was made of', async () => {
    const name = await gallery('calibrated.db');
    expect((await acquaint('calibrate', '-g', name)).code).toBe(0);
    const { stderr } = await acquaint('migrate', '--to', `${from}+mirror`, '-g', name);
    expect(stderr).toMatch(/calibration .* is gone: acquaint calibrate measures anew\.$/m);
    expect((await acquaint('calibrate', '-g', name)).code).toBe(0);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'that is ended by %s leaves the gallery as it was, and goes on',
    async (signal) => {
      const name = await gallery(`${signal}.db`);
      const before = await facesIn(name);
      const child = startCli(folder, ['migrate', '--to', to, '-g', name, '--pictures', 'people']);
      // Said when it begins: the first of the faces takes a moment.
      child.stderr!.once('data', () => child.kill(signal));
      const { code, stderr } = await finished(child);
      expect(code).toBe(signal === 'SIGINT' ? 130 : null);
      if (signal === 'SIGINT') {
        expect(stderr).toContain(
          'acquaint: interrupted; the gallery is as before, and the same command goes on',
        );
      }
      expect(await facesIn(name)).toEqual(before);
      expect(await whoIs(name)).toEqual(['Nicolas Cage', 'Justin Bieber']);
      const second = await acquaint('migrate', '--to', to, '-g', name, '-q');
      expect(second.code, second.stderr).toBe(0);
      const after = await facesIn(name);
      expect(after.recipe).toBe(to);
      expect(after.faces.map(({ id }) => id)).toEqual(before.faces.map(({ id }) => id));
      expect(await whoIs(name)).toEqual(['Nicolas Cage', 'Justin Bieber']);
    },
  );

  it('does not do again what was done before it was stopped or killed', async () => {
    const name = await gallery('twice-as-many.db');
    for (const person of KNOWN_PEOPLE) {
      await cp(join(folder, 'people', person), join(folder, 'more', `Second ${person}`), { recursive: true });
    }
    const enrolling = await acquaint(
      'enroll',
      'more',
      '--quality-filter',
      'none',
      '--allow-lookalikes',
      '-g',
      name,
      '-q',
    );
    expect(enrolling.code).toBe(0);
    await cp(join(folder, name), join(folder, 'killed.db'));
    const path = join(folder, name);
    const stop = new AbortController();
    let done = 0;
    const onProgress = (count: number) => {
      done = count;
      if (count === 5) stop.abort();
    };
    const options = { signal: stop.signal, onProgress };
    await expect(migrateGallery(path, `${from}+mirror`, options)).rejects.toMatchObject({ code: 'aborted' });
    const { fromCrops } = await migrateGallery(path, `${from}+mirror`);
    expect([done, fromCrops]).toEqual([expect.any(Number), 2 * faces - done]);
    expect(done).toBeLessThan(faces);

    await killedAfter(40, join(folder, 'killed.db'), `${from}+mirror`);
    expect((await facesIn('killed.db')).recipe).toBe(from);
    const { stdout } = await acquaint('migrate', '--to', `${from}+mirror`, '-g', 'killed.db', '--json');
    // Kept by batches of 32.
    expect(JSON.parse(stdout).fromCrops).toBe(2 * faces - 32);
    expect((await facesIn('killed.db')).faces.map(({ embedding }) => embedding)).toEqual(
      (await facesIn(name)).faces.map(({ embedding }) => embedding),
    );
  });

  it('goes on with the pictures where it began with the crops', async () => {
    const name = await gallery('crops-first.db');
    const stop = new AbortController();
    const options = { signal: stop.signal, onProgress: (done: number) => done === 5 && stop.abort() };
    const path = join(folder, name);
    await expect(migrateGallery(path, `${from}+mirror`, options)).rejects.toMatchObject({ code: 'aborted' });
    const args = ['migrate', '--to', `${from}+mirror`, '--pictures', 'people', '-q'];
    const { stdout } = await acquaint(...args, '-g', name);
    expect(stdout).toContain(
      `${faces} faces embedded by ${from}+mirror: ${faces} from pictures, 0 from crops.`,
    );
    const untouched = await gallery('pictures-only.db');
    await acquaint(...args, '-g', untouched);
    expect((await facesIn(name)).faces.map(({ embedding }) => embedding)).toEqual(
      (await facesIn(untouched)).faces.map(({ embedding }) => embedding),
    );
  });

  it('names a picture that is damaged now, takes the crop and embeds the others', async () => {
    const name = await gallery('damaged.db');
    await cp(join(folder, 'people'), join(folder, 'now damaged'), { recursive: true });
    const damaged = join('now damaged', 'Nicolas Cage', '1.jpg');
    const whole = await readFile(join(folder, damaged));
    const bytes = whole.subarray(0, whole.length / 2);
    await writeFile(join(folder, damaged), bytes);
    await asIfEnrolledFrom(bytes, whole, name);
    const args = ['--to', `${from}+mirror`, '--pictures', 'now damaged'];
    const json = await acquaint('migrate', ...args, '-g', await copyOf(name), '--json', '-q');
    expect([json.code, JSON.parse(json.stdout)]).toEqual([
      1,
      {
        from,
        to: `${from}+mirror`,
        fromPictures: faces - 1,
        fromCrops: 1,
        failures: [{ file: damaged, error: { code: 'not_an_image', message: expect.any(String) } }],
      },
    ]);
    const { code, stdout, stderr } = await acquaint('migrate', ...args, '-g', name);
    expect([code, stdout]).toEqual([1, expect.stringContaining(`${faces - 1} from pictures, 1 from crops`)]);
    expect(stderr).toContain('1 picture could not be used: the crops of their faces were taken.\n');
    expect(stderr).toMatch(/^acquaint: now damaged.Nicolas Cage.1\.jpg is damaged or cut short: /m);
    expect(await whoIs(name)).toEqual(['Nicolas Cage', 'Justin Bieber']);
  });

  it('passes over people who are forgotten while it works', async () => {
    const name = await gallery('forgotten.db');
    const database = (await loadSqlite())(join(folder, name));
    database.exec('PRAGMA foreign_keys = ON');
    const onProgress = (done: number) => {
      if (done === 1) database.exec('DELETE FROM people WHERE seq = (SELECT max(seq) FROM people)');
    };
    const { fromCrops } = await migrateGallery(join(folder, name), `${from}+mirror`, { onProgress });
    database.close();
    expect(fromCrops).toBe(faces - 2);
    expect((await facesIn(name)).faces).toHaveLength(faces - 2);
  });

  it('refuses what it cannot do before it begins', async () => {
    const name = await gallery('refused.db');
    const refused = async (...args: string[]) => {
      const { code, stdout, stderr } = await acquaint('migrate', '-g', name, ...args);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^acquaint: [^\n]*\n$/);
      return [code, stderr] as const;
    };
    expect(await refused()).toEqual([2, expect.stringContaining('--to')]);
    expect(await refused('--to', 'best')).toEqual([
      2,
      expect.stringMatching(
        /Expected one of fast, balanced, accurate, dlib-resnet-v1, .* for --to but received best\./,
      ),
    ]);
    expect(await refused('--to', to, '--pictures', 'nowhere')).toEqual([
      2,
      expect.stringContaining('nowhere cannot be read (ENOENT)'),
    ]);
    await mkdir(join(folder, 'empty'));
    expect(await refused('--to', to, '--pictures', 'empty')).toEqual([
      2,
      expect.stringContaining('empty holds no pictures'),
    ]);
    expect(await refused('--to', 'buffalo_l+mirror', '--commercial', '-q')).toEqual([
      3,
      expect.stringContaining('may not be used commercially'),
    ]);
    expect((await facesIn(name)).recipe).toBe(from);
    const none = await runCli(await testFolder(), 'migrate', '--to', to, '--json');
    expect([none.code, JSON.parse(none.stdout)]).toMatchObject([3, { error: { code: 'gallery_missing' } }]);
  });

  it('changes nothing when a face has neither crop nor picture', async () => {
    await acquaint(
      'enroll',
      '--name',
      'Cage',
      photos.cage,
      '--no-crops',
      '-g',
      'bare.db',
      '--effort',
      'fast',
    );
    const args = ['migrate', '--to', to, '-g', 'bare.db'];
    const { code, stderr } = await acquaint(...args);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/1 face has neither a crop .*--pictures DIR/)]);
    expect((await facesIn('bare.db')).recipe).toBe(from);
    expect((await acquaint(...args, '--pictures', photos.cage)).stdout).toContain('1 from pictures');
  });
});
