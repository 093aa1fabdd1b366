import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PadEvaluation } from 'acquaint';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closePhoto, otherWebcamPhoto, webcamPhoto, writePrintedPhoto } from '../liveness/photos.ts';
import { pulledModel } from '../models/pulled-model.ts';
import { type CliResult, jsonLines, makeFolder, photos, runCli } from './cli-process.ts';

const models = await pulledModel('faceplugin-liveness');
let folder: string;
const run = (...args: readonly string[]): Promise<CliResult> =>
  runCli(folder, ...args, '--detector', 'hog', '--models', models, '-q');

beforeAll(async () => {
  folder = await makeFolder({
    'franck.jpg': webcamPhoto,
    'other.jpg': otherWebcamPhoto,
    'close.jpg': closePhoto,
    'attacks/real/franck/1.jpg': webcamPhoto,
    'attacks/real/franck/2.jpg': otherWebcamPhoto,
    'attacks/real/group/1.jpg': photos.group,
  });
  await mkdir(join(folder, 'attacks/print/franck'), { recursive: true });
  await mkdir(join(folder, 'attacks/print/group'), { recursive: true });
  await mkdir(join(folder, 'attacks/screen/group'), { recursive: true });
  for (const path of ['grey.png', 'attacks/screen/group/1.png']) await writeGrey(join(folder, path));
  await writePrintedPhoto(join(folder, 'print.jpg'));
  for (const person of ['franck', 'group']) {
    await writePrintedPhoto(join(folder, 'attacks/print', person, '1.jpg'));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A picture without anything. */
async function writeGrey(path: string): Promise<void> {
  const create = { width: 320, height: 240, channels: 3, background: '#888' } as const;
  await sharp({ create }).toFile(path);
}

describe('acquaint liveness', () => {
  it('prints decision, score and reason for people', async () => {
    const { code, stdout } = await run(
      'liveness',
      'franck.jpg',
      'print.jpg',
      'close.jpg',
      'grey.png',
      '--live-from',
      '0.9',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^franck.jpg +live +0\.9\d\d +0\.9 .* it looks like a face before the camera$/m);
    expect(stdout).toMatch(/^print.jpg +spoof +0\.\d{3} .* it looks like a picture of a face$/m);
    expect(stdout).toMatch(/^close.jpg +unsure +- .* too little around it is seen$/m);
    expect(stdout).toMatch(/^grey.png +no face$/m);
    expect(stdout).toContain('3 faces in 4 pictures: 1 live, 1 spoof, 1 unsure');
  });

  it('prints JSON for programs, and ends with 1 where a picture cannot be read', async () => {
    const { code, stdout } = await run('liveness', 'franck.jpg', 'gone.jpg', '--json');
    expect(code).toBe(1);
    const [first, second] = jsonLines(stdout);
    expect(first).toMatchObject({
      file: 'franck.jpg',
      faces: [
        {
          box: { left: expect.any(Number) },
          liveness: {
            decision: 'live',
            score: expect.any(Number),
            thresholds: { spoofBelow: 0.1, liveFrom: 0.9 },
            reason: 'looks_live',
            model: 'faceplugin-liveness',
          },
        },
      ],
    });
    expect(second).toMatchObject({ file: 'gone.jpg', error: { code: 'unreadable' } });
  });

  it('ends with 3 and the command to type where no model was fetched', async () => {
    const { code, stderr } = await runCli(folder, 'liveness', 'franck.jpg', '--models', 'none', '-q');
    expect(code).toBe(3);
    expect(stderr).toContain('acquaint models pull faceplugin-liveness --models none');
  });

  it.each([
    [['--live-from', '1.5'], 'Expected a number from 0 to 1 but received 1.5'],
    [['--live-from', ''], 'Expected a number from 0 to 1 but received nothing'],
    [['--spoof-below', '0.5'], 'Expected --live-from together with --spoof-below'],
    [['--live-from', '0.2', '--spoof-below', '0.5'], 'Expected 0 <= spoofBelow <= liveFrom <= 1'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await run('liveness', 'franck.jpg', ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('acquaint recognize --require-live', () => {
  it('names the live face and not the photo of it', async () => {
    expect((await run('enroll', '--name', 'Franck', 'other.jpg', '--effort', 'fast')).code).toBe(0);
    const args = ['recognize', 'franck.jpg', 'print.jpg', '--require-live'] as const;
    const table = await run(...args, '--live-from', '0.9');
    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(/^franck.jpg +Franck /m);
    expect(table.stdout).toMatch(/^print.jpg +spoof +- .* looks like a picture/m);
    expect(table.stdout).toContain('2 faces in 2 pictures: 1 known, 0 unknown, 1 not live');
    const csv = await run(...args, '--csv', '--out', 'drawn');
    expect(csv.stdout).toBe('franck.jpg,Franck\nprint.jpg,unknown_person\n');
    expect((await stat(join(folder, 'drawn/print.jpg'))).isFile()).toBe(true);
    const json = jsonLines((await run(...args, '--json')).stdout);
    expect(json).toMatchObject([
      { faces: [{ decision: 'match', liveness: { decision: 'live' } }] },
      { faces: [{ decision: 'not_live', person: null, runnerUp: null, liveness: { decision: 'unsure' } }] },
    ]);
  });
});

describe('acquaint evaluate --pad', () => {
  it('measures kinds of attack, people and missing answers, and writes a report', async () => {
    const args = ['evaluate', '--pad', 'attacks', '--live-from', '0.9', '--report', 'pad.html'] as const;
    const { code, stdout, stderr } = await run(...args, '--pad-split', '0.5', '--json');
    expect([code, stderr]).toEqual([0, '']);
    const evaluation = JSON.parse(stdout) as PadEvaluation;
    expect(evaluation).toMatchObject({
      kind: 'pad',
      model: 'faceplugin-liveness',
      people: 2,
      pictures: { live: 3, attacks: { print: 2, screen: 1 } },
      noAnswer: { no_face: 1 },
      inForce: { refused: { counted: 0, tried: 3 }, average: { rate: 0 } },
      split: { chosenPeople: 1, otherPeople: 1, others: { refused: { tried: expect.any(Number) } } },
    });
    expect(evaluation.inForce.attacks).toMatchObject([
      { attack: 'print', accepted: { counted: 0, tried: 2 } },
      { attack: 'screen', accepted: { tried: 0 }, noAnswer: { rate: 1 } },
    ]);
    const page = await readFile(join(folder, 'pad.html'), 'utf8');
    expect(page).toContain('APCER: print taken for live');
    expect(page.match(/<img /g)).toHaveLength(5);
    const text = await run(...args);
    expect(text.stdout).toMatch(/^APCER print +0 % \(0 % to \d+ %\) +0 of 2$/m);
  });

  it('says what the folder must be like', async () => {
    const { code, stderr } = await run('evaluate', '--pad', '.');
    expect(code).toBe(3);
    expect(stderr).toMatch(/Expected real.PERSON with pictures .* but found attacks/);
  });

  it.each([
    [['attacks', '--pad-split', '0.5'], 'Expected --pad-split, --seed and --live-from with --pad only'],
    [['attacks', '--pad', 'attacks'], 'Expected one of a folder of people, --pairs, --lfw and --pad'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await run('evaluate', ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
