import { describe, expect, it } from 'vitest';
import {
  calibrationJson,
  isOutgrown,
  type StoredCalibration,
  storedCalibration,
} from '../../src/recognizer/stored-calibration.ts';

const calibration: StoredCalibration = {
  verifyOffset: -0.03,
  identifyOffset: 0.0125,
  recipe: 'dlib-resnet-v1+4views',
  calibratedAt: '2026-01-02T03:04:05.678Z',
  source: 'gallery',
  evidence: {
    people: 40,
    faces: 95,
    impostorPairs: 4300,
    verifyRate: 0.00116,
    verifyThreshold: 0.41,
    strangerSearches: 95,
    identifyRate: 0.0526,
    identifyThreshold: 0.44,
  },
};
const json = calibrationJson(calibration);

describe('a stored calibration', () => {
  it('comes back as it was', () => {
    expect(storedCalibration(json)).toEqual(calibration);
    expect(storedCalibration(null)).toBeNull();
  });

  it('of a newer version is none', () => {
    expect(storedCalibration('{"format":2,"offsets":[1,2]}')).toBeNull();
  });

  it.each([
    { what: 'cut short', text: json.slice(0, -5) },
    { what: 'empty', text: '' },
    { what: 'null', text: 'null' },
    { what: 'a number', text: '7' },
    { what: 'without a format', text: json.replace('"format":1,', '') },
    { what: 'without a number', text: json.replace('"identifyOffset":0.0125', '"identifyOffset":null') },
    { what: 'with a text for a number', text: json.replace('-0.03', '"-0.03"') },
    { what: 'without a recipe', text: json.replace('"recipe":', '"receipt":') },
    { what: 'without evidence', text: json.replace('"evidence":', '"evident":') },
  ])('that is $what is a corrupt gallery', ({ text }) => {
    expect(() => storedCalibration(text)).toThrow(expect.objectContaining({ code: 'gallery_corrupt' }));
  });

  it('is outgrown by more than twice its people', () => {
    expect(isOutgrown(calibration, 80)).toBe(false);
    expect(isOutgrown(calibration, 81)).toBe(true);
  });
});
