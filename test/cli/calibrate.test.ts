import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PeopleEvaluation, StoredCalibration } from 'acquaint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSqlite } from '../../src/sqlite/sqlite-driver.ts';
import { type CliResult, jsonLines, makeFolder, runCli } from './cli-process.ts';
import { KNOWN_PEOPLE, makePeople } from './known-people.ts';

let folder: string;
let calibrated: CliResult;
let before: Thresholds;

interface Thresholds {
  readonly recognize: {
    readonly threshold: number;
    readonly strangersNamed: number;
    readonly calibrated: boolean;
  };
  readonly verify: {
    readonly threshold: number;
    readonly falseMatchRate: number;
    readonly calibrated: boolean;
  };
}

const cage = join('people', 'Nicolas Cage', '1.jpg');
const otherCage = join('people', 'Nicolas Cage', '2.jpg');

const acquaint = (...args: readonly string[]): Promise<CliResult> => runCli(folder, ...args);

/** By what `recognize` and `verify` decide with that gallery, and that they say nothing about it. */
async function thresholds(gallery = 'acquaint.db'): Promise<Thresholds> {
  const recognizing = await acquaint('recognize', cage, '--json', '-g', gallery);
  const verifying = await acquaint('verify', cage, otherCage, '--effort', 'fast', '--json', '-g', gallery);
  expect([recognizing.stderr, verifying.stderr]).toEqual(['', '']);
  const [{ faces }] = jsonLines(recognizing.stdout) as unknown as [{ faces: [Thresholds['recognize']] }];
  return { recognize: faces[0], verify: JSON.parse(verifying.stdout) };
}

/** A copy of the calibrated gallery with another text in its calibration. */
async function galleryWith(name: string, change: (json: string) => string): Promise<void> {
  await cp(join(folder, 'calibrated.db'), join(folder, name));
  const database = (await loadSqlite())(join(folder, name));
  const { json } = database.prepare('SELECT calibration AS json FROM collections').get() as { json: string };
  database.prepare('UPDATE collections SET calibration = ?').run(change(json));
  database.close();
}

const withEvidence = (people: number) => (json: string) => json.replace(/"people":\d+/, `"people":${people}`);

beforeAll(async () => {
  folder = await makeFolder();
  await makePeople(join(folder, 'people'));
  const enrolled = await acquaint('enroll', 'people', '--effort', 'fast', '--quality-filter', 'none');
  expect(enrolled.code).toBe(0);
  before = await thresholds();
  calibrated = await acquaint('calibrate', '--json');
  await cp(join(folder, 'acquaint.db'), join(folder, 'calibrated.db'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('acquaint calibrate', () => {
  it('measures on the people of the gallery and gives its evidence', () => {
    expect([calibrated.code, calibrated.stderr]).toEqual([0, '']);
    expect(JSON.parse(calibrated.stdout)).toMatchObject({
      calibration: {
        recipe: 'dlib-resnet-v1',
        source: 'gallery',
        evidence: {
          people: 13,
          faces: 26,
          // Every pair of pictures of two people; every picture searched among those of the others.
          impostorPairs: (26 * 24) / 2,
          strangerSearches: 26,
          verifyRate: expect.closeTo(5 / 312, 9),
          identifyRate: expect.closeTo(5 / 26, 9),
        },
      },
    });
  });

  it('moves the thresholds of recognize and verify by as much as it says, and they say so', async () => {
    const { calibration } = JSON.parse(calibrated.stdout) as { calibration: StoredCalibration };
    const after = await thresholds();
    expect(calibration.identifyOffset).not.toBe(0);
    for (const [command, offset] of [
      ['recognize', calibration.identifyOffset],
      ['verify', calibration.verifyOffset],
    ] as const) {
      expect([before[command].calibrated, after[command].calibrated]).toEqual([false, true]);
      expect(after[command].threshold - before[command].threshold).toBeCloseTo(offset, 9);
    }
    expect(after.recognize.strangersNamed).toBeCloseTo(before.recognize.strangersNamed, 9);
    expect(after.verify.falseMatchRate).toBeCloseTo(0.001, 9);
  });

  it('gives evaluate its thresholds', async () => {
    const evaluate = (...args: readonly string[]): Promise<CliResult> =>
      acquaint('evaluate', 'people', '--no-cache', '--effort', 'fast', '--json', ...args);
    const [general, byGallery] = await Promise.all([evaluate(), evaluate('--calibration', 'calibrated.db')]);
    expect([general.code, byGallery.code]).toEqual([0, 0]);
    const [measured, moved] = [general, byGallery].map(
      ({ stdout }) => JSON.parse(stdout) as PeopleEvaluation,
    ) as [PeopleEvaluation, PeopleEvaluation];
    expect([measured.thresholdFrom, moved.thresholdFrom]).toEqual(['measured', 'calibrated']);
    const { calibration } = JSON.parse(calibrated.stdout) as { calibration: StoredCalibration };
    const threshold = ({ galleries }: PeopleEvaluation): number => galleries[0]!.atDefault.threshold;
    expect(threshold(moved) - threshold(measured)).toBeCloseTo(calibration.identifyOffset, 9);
  });

  it('is missed by evaluate when a gallery has none', async () => {
    await cp(join(folder, 'calibrated.db'), join(folder, 'plain.db'));
    await acquaint('calibrate', '--remove', '-g', 'plain.db');
    const { code, stderr } = await acquaint('evaluate', 'people', '--calibration', 'plain.db');
    expect([code, stderr]).toEqual([3, expect.stringMatching(/has none; acquaint calibrate makes one/)]);
  });

  it('is said by verify to people too, with the gallery that lies there or is named', async () => {
    expect((await acquaint('verify', cage, otherCage)).stdout).toContain(', as calibrated)');
    const elsewhere = await makeFolder();
    const paths = [cage, otherCage].map((path) => join(folder, path));
    const general = await runCli(elsewhere, 'verify', ...paths, '--effort', 'fast');
    expect(general.stdout).not.toContain('calibrated');
    const named = await runCli(elsewhere, 'verify', ...paths, '-g', join(folder, 'acquaint.db'));
    expect(named.stdout).toContain(', as calibrated)');
    const missing = await runCli(elsewhere, 'verify', ...paths, '-g', 'none.db');
    expect([missing.code, missing.stderr]).toEqual([3, expect.stringContaining('none.db')]);
    await rm(elsewhere, { recursive: true });
  });

  it('leaves verify its general threshold for another recipe, and says so', async () => {
    const { code, stdout, stderr } = await acquaint(
      'verify',
      cage,
      otherCage,
      '--json',
      '--effort',
      'balanced',
    );
    expect(code).toBe(0);
    expect(stderr).toBe('./acquaint.db is of another recipe: the general thresholds hold.\n');
    expect(JSON.parse(stdout)).toMatchObject({ calibrated: false });
  });

  it('takes other pictures of people like them, and names those it cannot use', async () => {
    await cp(join(folder, 'calibrated.db'), join(folder, 'pictures.db'));
    await makePeople(join(folder, 'others'), KNOWN_PEOPLE.slice(0, 10), 1);
    await writeFile(join(folder, 'others', 'Franck', 'text.jpg'), 'hello');
    const { code, stdout, stderr } = await acquaint('calibrate', 'others', '-g', 'pictures.db', '-q');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^acquaint: .*text\.jpg.*not a picture.*\n$/i);
    expect(stdout).toMatch(/^Calibrated on 10 faces of 10 people\.$/m);
    expect(stdout).toMatch(
      /^recognize: 50 % of strangers .* the threshold is 0\.\d{3} (stricter|more lenient)/m,
    );
    expect(stdout).toMatch(/^verify: 11 % of different people/m);
    expect(await thresholds('pictures.db')).not.toEqual(await thresholds());
  });

  it('goes back to the general thresholds with --remove', async () => {
    await cp(join(folder, 'calibrated.db'), join(folder, 'removed.db'));
    const { code, stdout } = await acquaint('calibrate', '--remove', '-g', 'removed.db', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([0, { calibration: null }]);
    const { recognize } = await thresholds('removed.db');
    expect(recognize).toMatchObject({ threshold: before.recognize.threshold, calibrated: false });
    expect((await acquaint('calibrate', '--remove', '-g', 'removed.db')).stdout).toContain('hold again');
  });

  it('wants ten people, a gallery, and one thing at a time', async () => {
    await makePeople(join(folder, 'few'), KNOWN_PEOPLE.slice(0, 2), 1);
    await cp(join(folder, 'calibrated.db'), join(folder, 'kept.db'));
    const few = await acquaint('calibrate', 'few', '-g', 'kept.db', '--json');
    expect([few.code, few.stderr]).toEqual([
      3,
      expect.stringMatching(/^acquaint: .*10 people .* received 2;.*\n$/),
    ]);
    expect(JSON.parse(few.stdout)).toMatchObject({ error: { code: 'too_few_people' } });
    expect((await thresholds('kept.db')).recognize.calibrated).toBe(true);
    const nowhere = await acquaint('calibrate', 'nowhere', '-q');
    expect([nowhere.code, nowhere.stderr]).toEqual([
      3,
      'acquaint: nowhere cannot be read: no such folder.\n',
    ]);
    const missing = await acquaint('calibrate', '-g', 'none.db', '--json');
    expect([missing.code, JSON.parse(missing.stdout)]).toMatchObject([
      3,
      { error: { code: 'gallery_missing' } },
    ]);
    expect((await acquaint('calibrate', 'people', '--remove')).code).toBe(2);
  });
});

describe('a calibration that does not hold', () => {
  it('is named where the gallery has outgrown it: by recognize, verify and doctor, once', async () => {
    await galleryWith('outgrown.db', withEvidence(6));
    const says = /outgrown its calibration, which has seen 6 people: acquaint calibrate/;
    const recognizing = await acquaint('recognize', cage, otherCage, '--json', '-g', 'outgrown.db');
    expect(recognizing.stderr.split('\n').filter((line) => says.test(line))).toHaveLength(1);
    expect(recognizing.stdout).toContain('"calibrated":true');
    const verifying = await acquaint('verify', cage, otherCage, '-g', 'outgrown.db');
    expect([verifying.code, verifying.stderr]).toEqual([0, expect.stringMatching(says)]);
    expect((await acquaint('verify', cage, otherCage, '-g', 'outgrown.db', '-q')).stderr).toBe('');
    const { ok, checks } = JSON.parse((await acquaint('doctor', '-g', 'outgrown.db', '--json')).stdout);
    expect(ok).toBe(true);
    expect(checks).toContainEqual(
      expect.objectContaining({ name: 'gallery', status: 'note', detail: expect.stringMatching(says) }),
    );
    await galleryWith('twice.db', withEvidence(7));
    expect((await acquaint('recognize', cage, '--json', '-g', 'twice.db')).stderr).toBe('');
  });

  it('is left alone where it was made for the distances of another recipe, and that is said', async () => {
    await galleryWith('other.db', (json) => json.replace('"dlib-resnet-v1"', '"dlib-resnet-v1+mirror"'));
    const { stdout, stderr } = await acquaint('recognize', cage, '--json', '-g', 'other.db');
    expect(stderr).toMatch(
      /^The gallery was calibrated for dlib-resnet-v1\+mirror, not for dlib-resnet-v1: /,
    );
    const [{ faces }] = jsonLines(stdout) as unknown as [{ faces: [Thresholds['recognize']] }];
    expect(faces[0]).toMatchObject({ threshold: before.recognize.threshold, calibrated: false });
    const verifying = await acquaint(
      'verify',
      cage,
      otherCage,
      '--json',
      '--effort',
      'fast',
      '-g',
      'other.db',
    );
    expect(verifying.stderr).toContain('the general thresholds hold');
    expect(JSON.parse(verifying.stdout)).toMatchObject({
      threshold: before.verify.threshold,
      calibrated: false,
    });
  });

  it('is gallery_corrupt where it is damaged, and can be made anew', async () => {
    await galleryWith('damaged.db', (json) => json.slice(0, 20));
    for (const command of ['recognize', 'verify']) {
      const { code, stdout, stderr } = await acquaint(command, cage, otherCage, '--json', '-g', 'damaged.db');
      expect([code, JSON.parse(stdout)]).toMatchObject([3, { error: { code: 'gallery_corrupt' } }]);
      expect(stderr).toMatch(/^acquaint: The calibration in the gallery is damaged; .*--remove.*\n$/);
    }
    const { checks } = JSON.parse((await acquaint('doctor', '-g', 'damaged.db', '--json')).stdout);
    expect(checks).toContainEqual(expect.objectContaining({ name: 'gallery', status: 'bad' }));
    expect((await acquaint('calibrate', '-g', 'damaged.db')).code).toBe(0);
    expect((await acquaint('doctor', '-g', 'damaged.db')).code).toBe(0);
  });
});
