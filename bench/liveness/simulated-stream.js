// Streams of landmarks as a camera would give them: of a head, or of a flat picture, that follows a challenge or does not.
// The judge and its streams meet frame by frame: whoever acts sees the guidance of the frame before.

import { judgeFrame, judgeSilence, startJudging } from '../../dist/core/liveness/active-judge.js';
import { headPoints, projectNear, turned } from '../../dist/core/liveness/head-model.js';
import { createRandom } from '../../dist/core/random.js';

/**
 * Noise of landmarks, shares of the distance of the eyes and pixels; dlib's as measured by bench/liveness/jitter.js.
 * YuNet's is not measured yet: it is taken to be as large as that of the 68 points.
 */
const NOISE = { drift: 0.004, mouthDrift: 0.012, px: 0.3, driftMs: 400 };
const WHITE = { dlib5: 0.006, dlib68: 0.012, yunet5: 0.012 };
const EYES_MM = 63;
/** How fast a pose follows what its owner wants, a second; a turn takes half a second. */
const QUICKNESS = 7;
const STRAIGHT = { yaw: 0, pitch: 0, roll: 0, nearer: 1 };

/** Normally distributed (Box and Muller). */
function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function between(random, least, most) {
  return least + (most - least) * random();
}

/** A camera and where somebody sits before it. */
export function drawScene(random) {
  const width = [640, 1280, 1920][Math.floor(random() * 3)];
  const height = Math.round(width * 0.75);
  const focalPx = width * between(random, 0.75, 1.2);
  return {
    width,
    height,
    camera: { focalPx, centre: { x: (width - 1) / 2, y: (height - 1) / 2 } },
    distanceMm: between(random, 500, 750),
    offset: { x: between(random, -40, 40), y: between(random, -30, 30) },
  };
}

/** Somebody's own head: broader, longer, with a larger or smaller nose than the model's, and a little crooked. */
export function drawHead(layout, random) {
  const wide = 1 + 0.06 * normal(random);
  const long = 1 + 0.06 * normal(random);
  const deep = Math.max(0.6, 1 + 0.15 * normal(random));
  return headPoints(layout).map(({ x, y, z }) => ({
    x: x * wide + normal(random),
    y: y * long + normal(random),
    z: z * deep + normal(random),
  }));
}

/** How somebody holds the head when looking straight. */
export function drawHabit(random) {
  return { yaw: 3 * normal(random), pitch: 5 * normal(random), roll: 2 * normal(random) };
}

/** A head's points before the camera. */
export function headView({ points, habit }) {
  return (pose, scene) => {
    const angles = {
      yaw: pose.yaw + habit.yaw,
      pitch: pose.pitch + habit.pitch,
      roll: pose.roll + habit.roll,
    };
    return points.map((point) => seen(turned(point, angles), pose, scene));
  };
}

/**
 * A picture of that head on paper, taken straight on, moved as the head would move; `slant` degrees leans its axis over,
 * `radiusMm` bends the paper about an upright axis.
 */
export function pictureView({ points, slant = 0, radiusMm = Number.POSITIVE_INFINITY }) {
  return (pose, scene) => {
    const centre = { x: 0, y: 0, z: 0 };
    const lean = { yaw: 0, pitch: 0, roll: slant };
    const back = { yaw: 0, pitch: 0, roll: -slant };
    return points.map(({ x, y }) => {
      const leaning = turned(bent(x, y, radiusMm), lean, centre);
      const tilted = turned(leaning, { yaw: pose.yaw, pitch: pose.pitch, roll: 0 }, centre);
      const upright = turned(turned(tilted, back, centre), { yaw: 0, pitch: 0, roll: pose.roll }, centre);
      return seen(upright, pose, scene);
    });
  };
}

function bent(x, y, radiusMm) {
  if (radiusMm === Number.POSITIVE_INFINITY) return { x, y, z: 0 };
  const angle = x / radiusMm;
  return { x: radiusMm * Math.sin(angle), y, z: radiusMm * (Math.cos(angle) - 1) };
}

/**
 * The best that can be done with a flat picture: an affine map that brings eyes and nose to where a turning head has
 * them. On screens any such map can be shown.
 */
export function shearedView({ points, habit }, indexes) {
  const head = headView({ points, habit });
  return (pose, scene) => {
    const flat = points.map(({ x, y }) => ({ x, y }));
    const goal = head(pose, scene);
    const map = affineThrough(
      indexes.map((i) => flat[i]),
      indexes.map((i) => goal[i]),
    );
    return flat.map(map);
  };
}

/** Any picture of a plane: a homography that changes with the pose, drawn anew for each. */
export function homographyView({ points }, random) {
  const draw = () => Array.from({ length: 6 }, () => normal(random));
  const yawPart = draw();
  const pitchPart = draw();
  return (pose, scene) => {
    const size = scene.camera.focalPx / scene.distanceMm;
    const a = Math.sin((pose.yaw * Math.PI) / 180);
    const b = Math.sin((pose.roll * Math.PI) / 180);
    const k = yawPart.map((value, i) => value * a + pitchPart[i] * b);
    return points.map(({ x, y }) => {
      const depth = 1 + (0.002 * k[4] * x + 0.002 * k[5] * y);
      return {
        x: scene.camera.centre.x + (size * pose.nearer * ((1 + 0.3 * k[0]) * x + 0.5 * k[1] * y)) / depth,
        y: scene.camera.centre.y + (size * pose.nearer * (0.5 * k[2] * x + (1 + 0.3 * k[3]) * y)) / depth,
      };
    });
  };
}

function seen(point, pose, { camera, distanceMm, offset }) {
  return projectNear(
    { x: point.x + offset.x, y: point.y + offset.y, z: point.z - distanceMm / pose.nearer },
    camera,
  );
}

function affineThrough(from, to) {
  const [a, b, c] = from;
  const area = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y);
  return ({ x, y }) => {
    const v = ((b.x - a.x) * (y - a.y) - (x - a.x) * (b.y - a.y)) / area;
    const u = ((x - a.x) * (c.y - a.y) - (c.x - a.x) * (y - a.y)) / area;
    const mix = (axis) => to[0][axis] + u * (to[1][axis] - to[0][axis]) + v * (to[2][axis] - to[0][axis]);
    return { x: mix('x'), y: mix('y') };
  };
}

/** Eye, eye and nose of a layout: what a pose is read from. */
export const POSE_POINTS = { dlib5: [0, 2, 4], dlib68: [45, 36, 30], yunet5: [0, 1, 2] };

/** Jitter from frame to frame, and a slower drift, as expressions and the detector bring it. */
export function noiseOf(layout, random, fps) {
  const mouth = layout === 'yunet5' ? [3, 4] : layout === 'dlib68' ? [48, 54] : [];
  const stay = Math.exp(-1000 / fps / NOISE.driftMs);
  const fresh = Math.sqrt(1 - stay ** 2);
  const drifts = headPoints(layout).map(() => ({ x: normal(random), y: normal(random) }));
  return (points, eyePx) =>
    points.map((point, i) => {
      const drift = drifts[i];
      drift.x = stay * drift.x + fresh * normal(random);
      drift.y = stay * drift.y + fresh * normal(random);
      const slow = eyePx * (mouth.includes(i) ? NOISE.mouthDrift : NOISE.drift);
      const quick = Math.hypot(eyePx * WHITE[layout], NOISE.px);
      const moved = (axis) => point[axis] + slow * drift[axis] + quick * normal(random);
      // dlib rounds to whole pixels.
      return layout === 'yunet5'
        ? { x: moved('x'), y: moved('y') }
        : { x: Math.round(moved('x')), y: Math.round(moved('y')) };
    });
}

/** Whoever sees that a step is not done yet goes further. */
function further(goal, waitedMs) {
  const more = 1 + 0.15 * Math.max(0, Math.min(3, waitedMs / 1000 - 1.5));
  return {
    yaw: goal.yaw * more,
    pitch: goal.pitch,
    roll: goal.roll * more,
    nearer: 1 + (goal.nearer - 1) * more,
  };
}

/** Somebody who does what is asked, after a moment. `understood` may turn what is asked into something else. */
export function obedient(random, understood = (ask, _done) => ask) {
  const reactionMs = between(random, 250, 600);
  const turn = between(random, 24, 38);
  const tilt = between(random, 20, 30);
  const nearer = between(random, 1.4, 1.6);
  const goals = {
    look_straight: STRAIGHT,
    turn_left: { ...STRAIGHT, yaw: turn, roll: 3 * normal(random), pitch: 4 * normal(random) },
    turn_right: { ...STRAIGHT, yaw: -turn, roll: 3 * normal(random), pitch: 4 * normal(random) },
    tilt_left: { ...STRAIGHT, roll: tilt, yaw: 3 * normal(random) },
    tilt_right: { ...STRAIGHT, roll: -tilt, yaw: 3 * normal(random) },
    come_closer: { ...STRAIGHT, nearer, pitch: 3 * normal(random) },
  };
  let asked = 'look_straight';
  let askedAt = 0;
  let ease = 1;
  let goal = STRAIGHT;
  return ({ ask, done, problem }, timeMs) => {
    if (ask !== asked) {
      asked = ask;
      askedAt = timeMs;
    }
    const waited = timeMs - askedAt;
    // Whoever sees that the face is cut off goes back a little, and no further when turned too far.
    if (problem === 'cut_off') ease *= 0.98;
    if (waited >= reactionMs && problem !== 'too_far_turned')
      goal = further(goals[understood(ask, done)], waited);
    goal = { ...goal, nearer: 1 + (goal.nearer - 1) * ease };
    return goal;
  };
}

/**
 * Plays a stream before the judge; gives its last state and every observation.
 * actor  what is wanted now; view  what the camera sees; alter  changes an observation before it is judged, or drops it
 */
export function play({
  challenge,
  options,
  view,
  actor,
  scene,
  random,
  fps = 25,
  alter = (observation, _i) => observation,
}) {
  const { layout } = options;
  const shaken = noiseOf(layout, random, fps);
  const observations = [];
  let state = startJudging(challenge, options);
  let pose = STRAIGHT;
  const from = challenge.issuedAtMs + 300;
  const last = challenge.issuedAtMs + challenge.totalMs + 1000;
  let timeMs = from;
  for (let i = 0; state.outcome.status === 'running' && timeMs < last; i++) {
    timeMs = Math.round(from + (i * 1000) / fps);
    pose = nearer(pose, actor(state.guidance, timeMs), 1 / fps);
    const exact = view(pose, scene);
    const landmarks = shaken(exact, eyePxOf(exact, layout));
    const observation = alter(observationOf(landmarks, scene, timeMs, i), i);
    if (!observation) {
      state = judgeSilence(state, timeMs);
      continue;
    }
    observations.push(observation);
    state = judgeFrame(state, observation);
  }
  return { state, observations };
}

/** An embedding every fifth frame, as near to the first as one person's are. */
function observationOf(landmarks, { width, height }, timeMs, i) {
  const distanceToFirst = i === 0 ? 0 : i % 5 === 0 ? 0.25 : null;
  return {
    timeMs,
    frame: { width, height },
    faces: [{ landmarks, box: boxAround(landmarks), distanceToFirst }],
  };
}

function boxAround(landmarks) {
  const xs = landmarks.map(({ x }) => x);
  const ys = landmarks.map(({ y }) => y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

function eyePxOf(points, layout) {
  const [left, right] = POSE_POINTS[layout].map((i) => points[i]);
  return Math.hypot(left.x - right.x, left.y - right.y) * (layout === 'yunet5' ? 1 : EYES_MM / 90);
}

/** Critically damped would need a speed; an exponential approach starts abruptly, which is harder on the judge. */
function nearer(pose, goal, seconds) {
  const share = 1 - Math.exp(-QUICKNESS * seconds);
  const mix = (key) => pose[key] + (goal[key] - pose[key]) * share;
  return { yaw: mix('yaw'), pitch: mix('pitch'), roll: mix('roll'), nearer: mix('nearer') };
}

/** A short video without a challenge. `motion` gives the pose at a time in seconds. */
export function film({ layout, view, scene, random, fps = 25, seconds = 2, motion }) {
  const shaken = noiseOf(layout, random, fps);
  return Array.from({ length: Math.round(fps * seconds) }, (_, i) => {
    const exact = view({ ...STRAIGHT, ...motion(i / fps) }, scene);
    return { timeMs: Math.round((i * 1000) / fps), landmarks: shaken(exact, eyePxOf(exact, layout)) };
  });
}

/** The observation as a mirrored stream gives it: left and right changed, points too. */
export function mirrorObservation(observation, layout) {
  const partner = mirrorPartners(layout);
  const { width } = observation.frame;
  const flip = ({ x, y }) => ({ x: width - 1 - x, y });
  return {
    ...observation,
    faces: observation.faces.map((face) => ({
      ...face,
      landmarks: partner.map((i) => flip(face.landmarks[i])),
      box: { ...face.box, left: width - face.box.right, right: width - face.box.left },
    })),
  };
}

function mirrorPartners(layout) {
  const points = headPoints(layout);
  return points.map((point) => {
    const distances = points.map(({ x, y, z }) => Math.hypot(x + point.x, y - point.y, z - point.z));
    return distances.indexOf(Math.min(...distances));
  });
}

export { createRandom };

/** A recording played to the judge of another challenge, over and over; gives the last state. */
export function replayed({ challenge, options, fps }, { observations }) {
  return () => {
    let state = startJudging(challenge, options);
    for (let i = 0; state.outcome.status === 'running' && i < 90 * fps; i++) {
      const timeMs = Math.round(challenge.issuedAtMs + (i * 1000) / fps);
      state = judgeFrame(state, { ...observations[i % observations.length], timeMs });
    }
    return state;
  };
}

/** Live at first; from the first step on a recording of the same head goes on, and comes again when it is over. */
export function spliced({ fps, random }, { observations }) {
  const cut = Math.round((1.5 + 2 * random()) * fps);
  const from = Math.floor(random() * observations.length);
  return (observation, i) => {
    if (i < cut) return observation;
    return { ...observations[(from + i - cut) % observations.length], timeMs: observation.timeMs };
  };
}
