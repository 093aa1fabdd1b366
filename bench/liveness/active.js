// How often the judge of a challenge passes heads, and how often what is none. Simulated: see simulated-stream.js.
// node bench/liveness/active.js [--seeds 1000] [--layouts yunet5,dlib68,dlib5] [--only head,picture]   (npm run build first)
import { parseArgs } from 'node:util';
import { challengeSequences, drawChallenge } from '../../dist/core/liveness/challenge.js';
import { proofOf } from '../../dist/core/liveness/parallax.js';
import {
  createRandom,
  drawHabit,
  drawHead,
  drawScene,
  headView,
  homographyView,
  mirrorObservation,
  obedient,
  POSE_POINTS,
  pictureView,
  play,
  replayed,
  shearedView,
  spliced,
} from './simulated-stream.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    layouts: { type: 'string', default: 'yunet5,dlib68,dlib5' },
    only: { type: 'string' },
  },
});
const FPS = [10, 15, 25, 30, 60, 240];

/** What comes before the camera; each gets the same seeds. */
const CASES = {
  head: () => ({}),
  'head, turns left and right confused': () => ({ understood: swapSides }),
  'head, mirrored stream': ({ layout }) => ({ alter: (o) => mirrorObservation(o, layout) }),
  'head, first step only': () => ({ understood: (ask, done) => (done === 0 ? ask : 'look_straight') }),
  'head, stream stopped once': ({ fps, random }) => ({ alter: pauseAt(1.5 + 2 * random(), fps) }),
  'recording of another challenge': (c) => ({ stream: replayed(c, recordingOf(c)) }),
  'head, then a recording of it': (c) => ({ alter: spliced(c, recordingOf(c)) }),
  'picture, moved as a head': ({ who }) => ({ view: pictureView(who) }),
  'picture, tilted about a slanted axis': ({ who, random }) => ({
    view: pictureView({ ...who, slant: (random() < 0.5 ? -1 : 1) * (20 + 50 * random()) }),
  }),
  'picture, bent about an upright axis': ({ who, random }) => ({
    view: pictureView({ ...who, radiusMm: 60 + 90 * random() }),
  }),
  'picture, sheared as a head turns': ({ who, layout }) => ({ view: shearedView(who, POSE_POINTS[layout]) }),
  'picture, any homography': ({ who, random }) => ({ view: homographyView(who, random) }),
};

for (const layout of values.layouts.split(',')) {
  console.log(`${layout} (${proofOf(layout, { asksPixels: false })}), ${values.seeds} streams each`);
  for (const [name, caseOf] of Object.entries(CASES)) {
    if (values.only && !values.only.split(',').includes(name)) continue;
    report(
      name,
      Array.from({ length: Number(values.seeds) }, (_, seed) => run(layout, caseOf, seed)),
    );
  }
}
console.log(
  `sequences of 2 to 6 steps: ${[2, 3, 4, 5, 6].map((n) => challengeSequences(n).length).join(', ')}`,
);

function run(layout, caseOf, seed) {
  const random = createRandom(seed * 7919 + 1);
  const fps = FPS[seed % FPS.length];
  const scene = drawScene(random);
  const who = { points: drawHead(layout, random), habit: drawHabit(random) };
  const challenge = drawChallenge((count) => bytesOf(count, random), 1000);
  const options = { layout, samePersonDistance: 0.5, leastProof: proofOf(layout), asksPixels: false };
  const about = { layout, random, fps, scene, who, challenge, options };
  const { understood, view = headView(who), alter, stream } = caseOf(about);
  if (stream) return stream();
  return play({ ...about, view, actor: obedient(random, understood), ...(alter ? { alter } : {}) }).state;
}

function report(name, states) {
  const counts = new Map();
  for (const { outcome } of states) {
    const word = outcome.reason ?? outcome.status;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const parts = [...counts].sort((a, b) => b[1] - a[1]).map(([word, count]) => `${word} ${count}`);
  const shares = states.flatMap(({ outcome }) => outcome.depthShares ?? []).sort((a, b) => a - b);
  const times = states
    .filter(({ outcome }) => outcome.status === 'passed')
    .map(({ outcome, challenge }) => outcome.atMs - challenge.issuedAtMs)
    .sort((a, b) => a - b);
  const depth = shares.length
    ? `; depth ${[0.01, 0.5, 0.99].map((q) => shares[Math.floor(q * (shares.length - 1))].toFixed(2)).join(' ')}`
    : '';
  const time = times.length ? `; ${(times[times.length >> 1] / 1000).toFixed(1)} s` : '';
  console.log(`  ${name}: ${parts.join(', ')}${depth}${time}`);
}

function bytesOf(count, random) {
  return Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
}

function swapSides(ask) {
  return { turn_left: 'turn_right', turn_right: 'turn_left' }[ask] ?? ask;
}

/** Nothing comes for 0.7 s. */
function pauseAt(seconds, fps) {
  const from = Math.round(seconds * fps);
  const to = from + Math.ceil(0.7 * fps) + 1;
  return (observation, i) => (i >= from && i < to ? null : observation);
}

/** The same head before another camera, doing what another challenge asked. */
function recordingOf({ layout, random, fps, who, options }) {
  const challenge = drawChallenge((count) => bytesOf(count, random), 1000);
  const scene = drawScene(random);
  const view = headView(who);
  return {
    challenge,
    ...play({ challenge, options, view, actor: obedient(random), scene, random, fps, layout }),
  };
}
