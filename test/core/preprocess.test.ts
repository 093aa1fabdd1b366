import { describe, expect, it } from 'vitest';
import type { RgbImage } from '../../src/core/image.ts';
import {
  adjustGamma,
  autoGamma,
  downscale,
  equalizeLuma,
  meanLuma,
  preprocess,
} from '../../src/core/preprocess.ts';

function picture(
  width: number,
  height: number,
  pixel: (x: number, y: number) => [number, number, number],
): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(pixel(x, y), (y * width + x) * 3);
  }
  return { data, width, height };
}

const grey = (level: number) => picture(4, 4, () => [level, level, level]);

describe('adjustGamma', () => {
  it('follows out = 255 * (in / 255) ^ (1 / gamma)', () => {
    expect(adjustGamma(grey(64), 2).data[0]).toBe(Math.round(255 * Math.sqrt(64 / 255)));
    expect(adjustGamma(grey(64), 0.5).data[0]).toBe(Math.round(255 * (64 / 255) ** 2));
    expect(adjustGamma(grey(255), 3).data[0]).toBe(255);
    expect(adjustGamma(grey(0), 3).data[0]).toBe(0);
  });

  it('leaves its input alone and refuses what is not above 0', () => {
    const dark = grey(10);
    adjustGamma(dark, 2);
    expect(dark.data[0]).toBe(10);
    expect(() => adjustGamma(dark, 0)).toThrow('Expected a number above 0 for gamma but received 0');
    expect(() => adjustGamma(dark, Number.NaN)).toThrow(RangeError);
  });
});

describe('autoGamma', () => {
  it('brightens a dark picture, darkens a burnt one and leaves a good one', () => {
    expect(autoGamma(grey(20))).toBeGreaterThan(1.5);
    expect(autoGamma(grey(240))).toBeLessThan(0.5);
    expect(autoGamma(grey(120))).toBe(1);
    const mended = adjustGamma(grey(40), autoGamma(grey(40)));
    expect(meanLuma(mended)).toBeGreaterThan(100);
  });
});

describe('equalizeLuma', () => {
  // Figures of OpenCV 4.6 (cvtColor RGB2YCrCb, equalizeHist on Y, back) for this 16x4 picture.
  const gradient = picture(16, 4, (x, y) => [40 + 5 * x, 60 + 4 * x + y, 90 - 2 * x]);

  it('gives the pixels that OpenCV gives', () => {
    const equalized = equalizeLuma(gradient);
    expect([...equalized.data.slice(0, 6)]).toEqual([0, 2, 34, 1, 19, 43]);
    expect([...equalized.data.slice(90, 96)]).toEqual([236, 244, 187, 250, 255, 196]);
    expect([...equalized.data.slice(-6)]).toEqual([239, 248, 191, 255, 255, 202]);
  });

  it('keeps a picture of one brightness as it is', () => {
    expect([...equalizeLuma(grey(77)).data]).toEqual([...grey(77).data]);
  });

  it('stretches grey from black to white', () => {
    const ramp = picture(50, 1, (x) => [100 + x, 100 + x, 100 + x]);
    const { data } = equalizeLuma(ramp);
    expect(data[0]).toBe(0);
    expect(data.at(-1)).toBe(255);
  });
});

describe('downscale', () => {
  it('takes the mean of the area that each pixel covers', () => {
    const checkers = picture(4, 4, (x, y) => ((x + y) % 2 === 0 ? [200, 100, 0] : [0, 100, 200]));
    const half = downscale(checkers, 0.5);
    expect([half.width, half.height]).toEqual([2, 2]);
    expect([...half.data]).toEqual([100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100]);
  });

  it('keeps the mean brightness at odd factors and never vanishes', () => {
    const ramp = picture(101, 37, (x) => [2 * x, x, 255 - x]);
    expect(meanLuma(downscale(ramp, 0.37))).toBeCloseTo(meanLuma(ramp), 0);
    const tiny = downscale(grey(9), 0.01);
    expect([tiny.width, tiny.height, tiny.data[0]]).toEqual([1, 1, 9]);
    expect(() => downscale(ramp, 1.5)).toThrow('up to 1');
  });
});

describe('preprocess', () => {
  it('does nothing when nothing is asked for', () => {
    const image = grey(50);
    expect(preprocess(image, {})).toBe(image);
  });

  it('refuses gamma together with autoGamma', () => {
    expect(() => preprocess(grey(50), { gamma: 2, autoGamma: true })).toThrow(TypeError);
  });
});
