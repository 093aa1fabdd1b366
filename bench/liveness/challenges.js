// Whole challenges with the real nets: by a man who was filmed, and by prints of him that are moved as asked.
// node bench/liveness/challenges.js --ffmpeg PATH [--detector yunet|hog|mmod] [--68] [--rounds 5] [--no-pixels]
// (npm run build first)
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { euclideanDistance, greyFace, judgeFrame, openRecognizer, startJudging } from 'acquaint';
import { drawChallenge } from '../../dist/core/liveness/challenge.js';
import { frameObserver } from '../../dist/server/liveness/frame-observer.js';
import { FPS, filmedMan, obedientMan, obedientPrint, PRINTS } from './filmed.js';

const { values } = parseArgs({
  options: {
    ffmpeg: { type: 'string', default: 'ffmpeg' },
    detector: { type: 'string', default: 'hog' },
    68: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    'no-pixels': { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const recognizer = await openRecognizer({ detector: values.detector });
const observer = frameObserver({ sixtyEightPoints: values[68] });
const man = filmedMan(values.ffmpeg);
console.log(
  `${observer.layout} by ${values.detector}, ${rounds} challenges each${values['no-pixels'] ? ', landmarks alone' : ''}`,
);
await report('the man', () => obedientMan(man));
for (const how of Object.keys(PRINTS)) await report(how, (i) => obedientPrint(still(i), how));
await recognizer.close();

/** Another picture of him each time. */
function still(i) {
  const { during } = man.straight;
  return during[(i * 17) % during.length];
}

async function report(name, actorOf) {
  const ends = new Map();
  const steps = [];
  for (let i = 0; i < rounds; i++) {
    const state = await perform(actorOf(i));
    const { outcome } = state;
    const end = outcome.reason ?? outcome.status;
    ends.set(end, (ends.get(end) ?? 0) + 1);
    steps.push(state.done);
  }
  const told = [...ends].map(([end, count]) => `${end} ${count}`).join(', ');
  console.log(`${name}: ${told}; steps done ${steps.join(' ')}`);
}

async function perform(actor) {
  const challenge = drawChallenge((count) => new Uint8Array(randomBytes(count)), 0);
  let state = startJudging(challenge, {
    layout: observer.layout,
    leastProof: 'upright_plane',
    samePersonDistance: 0.55,
    asksPixels: !values['no-pixels'],
  });
  let first = null;
  for (let timeMs = 1; state.outcome.status === 'running'; timeMs += 1000 / FPS) {
    const frame = actor(state.guidance.ask);
    if (frame === null) continue;
    const faces = await observer.find(frame, recognizer, { minFacePx: 90 });
    const wants = faces.length === 1 && (state.neutral === null || state.guidance.ask === 'look_straight');
    let distanceToFirst = null;
    if (wants && !state.isRecognised) {
      const { embedding } = (await recognizer.embed(frame, { faces })).faces[0];
      first ??= embedding;
      distanceToFirst = euclideanDistance(first, embedding);
    }
    state = judgeFrame(state, {
      timeMs,
      frame: { width: frame.width, height: frame.height },
      faces: faces.map(({ box, landmarks }) => ({
        box,
        landmarks,
        distanceToFirst,
        grey: greyFace(frame, box),
      })),
    });
  }
  return state;
}
