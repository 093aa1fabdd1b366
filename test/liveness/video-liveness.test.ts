import {
  createVideoLiveness,
  MOST_VIDEO_FRAMES,
  openRecognizer,
  type Recognizer,
  type RgbImage,
  VIDEO_REASON_TEXTS,
} from 'acquaint';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filmFrames } from '../../bench/liveness/film-frames.js';
import { franckVideo } from '../console/fake-camera.ts';
import { pulledModel } from '../models/pulled-model.ts';
import { closePhoto } from './photos.ts';
import { ffmpegPath } from './videos.ts';

const modelsFolder = await pulledModel('faceplugin-liveness');
const SIZE = { width: 360, height: 288 };
const FPS = 10;

describe('the liveness of a short video', () => {
  let recognizer: Recognizer;
  /** He turns his head. */
  let frames: readonly RgbImage[];
  /** Another man, his face where the first has his. */
  let other: RgbImage;
  beforeAll(async () => {
    recognizer = await openRecognizer({ detector: 'hog', effort: 'fast', modelsFolder });
    frames = filmFrames(ffmpegPath, franckVideo, { from: 100, seconds: 2.6, fps: FPS, ...SIZE });
    const face = await sharp(closePhoto)
      .resize(240)
      .extract({ left: 0, top: 0, width: 240, height: 288 })
      .toBuffer();
    const canvas = { ...SIZE, channels: 3, background: '#777' } as const;
    const { data } = await sharp({ create: canvas })
      .composite([{ input: face, left: 120, top: 0 }])
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    other = { ...SIZE, data: new Uint8Array(data) };
  });
  afterAll(() => recognizer.close());

  async function answerTo(pictures: readonly RgbImage[]) {
    const video = createVideoLiveness(recognizer);
    for (const [i, picture] of pictures.entries()) await video.add({ picture, atMs: (1000 * i) / FPS });
    return video.answer();
  }

  it('is live where a man turns before his camera', async () => {
    expect(await answerTo(frames)).toMatchObject({
      decision: 'live',
      reason: 'moves_as_a_head',
      model: 'faceplugin-liveness',
      motion: { verdict: 'head' },
    });
  });

  it('is never live when the face becomes that of another man', async () => {
    const answer = await answerTo([...frames.slice(0, 14), ...Array<RgbImage>(12).fill(other)]);
    expect(answer).toMatchObject({ decision: 'spoof', reason: 'another_face' });
    expect(VIDEO_REASON_TEXTS[answer.reason]).toContain('another person');
  });

  it('says that there is nothing to judge before any frame, and without a face', async () => {
    const nothing = { decision: 'unsure', reason: 'no_face', score: null, frames: 0, thresholds: null };
    expect(createVideoLiveness(recognizer).answer()).toMatchObject(nothing);
    const grey = { ...SIZE, data: new Uint8Array(SIZE.width * SIZE.height * 3).fill(128) };
    expect(await answerTo(Array<RgbImage>(10).fill(grey))).toMatchObject(nothing);
  });

  it('takes frames in order only, none of them too large, and goes on after one that is refused', async () => {
    const video = createVideoLiveness(recognizer, { maxPixels: SIZE.width * SIZE.height });
    const [picture] = frames as [RgbImage];
    expect(await video.add({ picture, atMs: 100 })).toBe('one');
    for (const atMs of [100, 50, Number.NaN]) {
      await expect(video.add({ picture, atMs })).rejects.toThrow('Expected milliseconds after 100 for atMs');
    }
    const large = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#777' } })
      .jpeg()
      .toBuffer();
    await expect(video.add({ picture: large, atMs: 200 })).rejects.toMatchObject({ code: 'image_too_large' });
    await expect(video.add({ picture, atMs: 200 }, { signal: AbortSignal.abort() })).rejects.toThrow(
      'The work was interrupted',
    );
    expect(await video.add({ picture, atMs: 300 })).toBe('one');
    expect(video.answer()).toMatchObject({ decision: 'unsure', reason: 'too_few_frames', frames: 2 });
  });

  it('refuses options that are none', () => {
    expect(() => createVideoLiveness(recognizer, { samePersonDistance: 0 })).toThrow(
      'Expected a number above 0 for samePersonDistance but received 0',
    );
    expect(MOST_VIDEO_FRAMES).toBeGreaterThanOrEqual(240);
  });
});
