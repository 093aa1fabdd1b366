// What the motion in two seconds of video says of heads and of flat pictures. Simulated: see simulated-stream.js.
// node bench/liveness/passive.js [--seeds 1000]   (npm run build first)
import { parseArgs } from 'node:util';
import { motionEvidence } from '../../dist/core/liveness/motion-evidence.js';
import {
  createRandom,
  drawHabit,
  drawHead,
  drawScene,
  film,
  headView,
  homographyView,
  POSE_POINTS,
  pictureView,
  shearedView,
} from './simulated-stream.js';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '1000' } } });
const FPS = [10, 15, 25, 30, 60];

const swing =
  (most, key = 'yaw') =>
  (s) => ({ [key]: most * Math.sin(s * Math.PI) });
const CASES = {
  'head, still': ['head', () => ({})],
  'head, turns by 8 degrees': ['head', swing(8)],
  'head, turns by 15 degrees': ['head', swing(15)],
  'head, turns by 25 degrees': ['head', swing(25)],
  'head, nods by 15 degrees': ['head', swing(15, 'pitch')],
  'head, tilts by 25 degrees': ['head', swing(25, 'roll')],
  'picture, still': ['picture', () => ({})],
  'picture, turned by 25 degrees': ['picture', swing(25)],
  'picture, turned by 45 degrees': ['picture', swing(45)],
  'picture, tilted by 45 degrees': ['picture', swing(45, 'pitch')],
  'picture, about a slanted axis': ['slant', swing(45)],
  'picture, sheared as a head turns by 25 degrees': ['sheared', swing(25)],
  'picture, any homography': ['homography', (s) => ({ ...swing(30)(s), ...swing(30, 'roll')(s) })],
};

for (const layout of ['yunet5', 'dlib68']) {
  console.log(`${layout}, ${values.seeds} videos of 2 s each`);
  for (const [name, [kind, motion]] of Object.entries(CASES)) {
    const counts = { head: 0, flat: 0, unsure: 0 };
    for (let seed = 0; seed < Number(values.seeds); seed++) counts[verdict(layout, kind, motion, seed)]++;
    console.log(`  ${name}: head ${counts.head}, flat ${counts.flat}, unsure ${counts.unsure}`);
  }
}

function verdict(layout, kind, motion, seed) {
  const random = createRandom(seed * 7919 + 1);
  const scene = drawScene(random);
  const who = { points: drawHead(layout, random), habit: drawHabit(random) };
  const view = {
    head: () => headView(who),
    picture: () => pictureView(who),
    slant: () => pictureView({ ...who, slant: 20 + 50 * random() }),
    sheared: () => shearedView(who, POSE_POINTS[layout]),
    homography: () => homographyView(who, random),
  }[kind]();
  const fps = FPS[seed % FPS.length];
  return motionEvidence(film({ layout, view, scene, random, fps, motion }), layout).verdict;
}
