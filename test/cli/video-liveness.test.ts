import { copyFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { webcamPhoto } from '../liveness/photos.ts';
import { ffmpegPath, film, franckPiece, type HoldName, heldPrint } from '../liveness/videos.ts';
import { pulledModel } from '../models/pulled-model.ts';
import { type CliResult, jsonLines, makeFolder, runCli } from './cli-process.ts';

const models = await pulledModel('faceplugin-liveness');
const MINUTES = 240_000;
let folder: string;
const run = (...args: readonly string[]): Promise<CliResult> =>
  runCli(folder, 'liveness', ...args, '--detector', 'hog', '--effort', 'fast', '--models', models, '-q');
const judge = async (...paths: readonly string[]) => {
  const { stdout } = await run(...paths, '--json', '--ffmpeg', ffmpegPath);
  return jsonLines(stdout);
};

beforeAll(async () => {
  folder = await makeFolder({ 'franck.jpg': webcamPhoto });
  await writeFile(join(folder, 'text.mp4'), 'This is no video.');
  await writeFile(join(folder, 'empty.mp4'), '');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('acquaint liveness VIDEO', () => {
  it('calls a man who turns his head live, and one who holds it still no spoof', {
    timeout: MINUTES,
  }, async () => {
    const [turning, still] = await judge(await franckPiece(100, 3), await franckPiece(70, 3));
    expect(turning).toMatchObject({
      decision: 'live',
      reason: 'moves_as_a_head',
      motion: { verdict: 'head' },
      thresholds: { liveFrom: 0.9 },
      model: 'faceplugin-liveness',
    });
    expect(still).toMatchObject({ decision: 'unsure', reason: 'holds_still' });
  });

  it.each<[HoldName, RegExp]>([
    ['still', /^holds_still$/],
    ['moved', /^holds_still$/],
    ['rotated', /^holds_still$/],
    ['scaled', /^(holds_still|too_close|small)$/],
    ['turned by 45 degrees', /^(flat_motion|unclear_motion|holds_still)$/],
    ['close, turned', /^(flat_motion|unclear_motion|holds_still)$/],
    ['turned and rolled', /^(flat_motion|unclear_motion|face_lost)$/],
    ['about a slanted axis', /^(flat_motion|unclear_motion|face_lost)$/],
  ])(
    'never calls a picture of him live that is %s, and says why',
    { timeout: MINUTES },
    async (hold, why) => {
      const [answer] = await judge(await heldPrint(hold));
      expect(answer!.decision).not.toBe('live');
      expect(answer!.reason).toMatch(why);
    },
  );

  it('takes 10 and 240 frames a second alike', { timeout: MINUTES }, async () => {
    const answers = await judge(await franckPiece(100, 3, 10), await franckPiece(100, 3, 240));
    expect(answers).toMatchObject([{ decision: 'live' }, { decision: 'live' }]);
    for (const { frames } of answers) expect(frames).toBeLessThanOrEqual(47);
  });

  it('says of two faces, of none and of a moment what is wrong', { timeout: MINUTES }, async () => {
    const two = await film('two', [
      '-i',
      await franckPiece(70, 1.5),
      '-filter_complex',
      'split[a][b];[a][b]hstack',
    ]);
    const none = await film('grey', ['-f', 'lavfi', '-t', '1', '-i', 'color=gray:320x240:r=12']);
    expect(await judge(two, none, await franckPiece(70, 0.4))).toMatchObject([
      { decision: 'unsure', reason: 'several_faces' },
      { decision: 'unsure', reason: 'no_face', score: null, model: null },
      { decision: 'unsure', reason: 'too_few_frames' },
    ]);
  });

  it('prints decision, score, depth and reason for people', { timeout: MINUTES }, async () => {
    const { code, stdout } = await run(await franckPiece(70, 1.5), '--ffmpeg', ffmpegPath);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ unsure +0\.9\d\d +- +\d+ +the head does not turn far enough to show depth/);
  });

  it('names each file that is no video, and ends with 1', async () => {
    const { code, stdout } = await run('text.mp4', 'empty.mp4', 'gone.mp4', '--json', '--ffmpeg', ffmpegPath);
    expect(code).toBe(1);
    expect(jsonLines(stdout)).toMatchObject([
      { file: 'text.mp4', error: { code: 'not_a_video' } },
      { file: 'empty.mp4', error: { code: 'not_a_video' } },
      { file: 'gone.mp4', error: { code: 'unreadable' } },
    ]);
  });

  it('refuses sound alone, a film that was cut off, and one of 0 frames, and says what to do', async () => {
    await copyFile(await film('sound', ['-f', 'lavfi', '-t', '1', '-i', 'sine']), join(folder, 'sound.mp4'));
    const whole = await readFile(await franckPiece(70, 3));
    await writeFile(join(folder, 'cut.mp4'), whole.subarray(0, 4096));
    await writeFile(join(folder, 'header.y4m'), 'YUV4MPEG2 W640 H480 F25:1 Ip A1:1 C420jpeg\n');
    const files = ['sound.mp4', 'cut.mp4', 'header.y4m'];
    const { code, stdout } = await run(...files, '--video', '--json', '--ffmpeg', ffmpegPath);
    expect(code).toBe(1);
    const message = expect.stringMatching(
      /(no video|no frames).*see whether it plays elsewhere, or record it anew/,
    );
    expect(jsonLines(stdout)).toMatchObject(
      files.map((file) => ({ file, error: { code: 'not_a_video', message } })),
    );
  });

  it('says how to get ffmpeg where there is none, and ends with 3', async () => {
    const { code, stderr } = await run('text.mp4', '--ffmpeg', join(folder, 'none'));
    expect([code, stderr]).toEqual([3, expect.stringMatching(/Expected ffmpeg.*Install it.*--ffmpeg PATH/)]);
  });

  it.each([
    [['text.mp4', 'franck.jpg'], 'Expected pictures or videos but received both'],
    [['text.mp4', '--out', 'drawn'], 'Expected --out and --show with pictures only'],
    [['text.mp4', '--seconds', '60'], 'Expected a number of seconds from 1 to 10 but received 60'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
