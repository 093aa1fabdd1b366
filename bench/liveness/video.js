// What the motion in a real video says of a head, and of pictures of it that are held before the camera and moved.
// node bench/liveness/video.js --video FILE --ffmpeg PATH [--detector yunet|hog|mmod] [--stills 40,70] [--live 0,100,3]
// (npm run build first; the video and ffmpeg as jitter.js has them. --live FROM,TO,STEP: pieces of 2.5 s, seconds)
import { parseArgs } from 'node:util';
import { motionEvidence, openRecognizer } from 'acquaint';
import { flatness } from '../../dist/core/liveness/flatness.js';
import { greyFace } from '../../dist/core/liveness/grey-face.js';
import { filmFrames } from './film-frames.js';
import { HOLDS, seenPrint } from './held-print.js';

const { values } = parseArgs({
  options: {
    video: { type: 'string' },
    ffmpeg: { type: 'string', default: 'ffmpeg' },
    detector: { type: 'string', default: 'hog' },
    stills: { type: 'string', default: '40,70,100' },
    live: { type: 'string', default: '' },
  },
});
if (!values.video) throw new Error('Expected --video FILE, a video with one face');
const SIZE = { width: 480, height: 384 };
const FPS = 12;
const SECONDS = 2.2;

const recognizer = await openRecognizer({ detector: values.detector });
if (values.live) {
  const [from, to, step] = values.live.split(',').map(Number);
  for (let at = from; at < to; at += step) await report(`live at ${at} s`, pictures(at, SECONDS));
}
for (const at of values.stills.split(',').filter(Boolean)) {
  const [still] = pictures(Number(at), 1 / FPS);
  for (const [name, hold] of Object.entries(HOLDS)) {
    const frames = Array.from({ length: SECONDS * FPS }, (_, i) => seenPrint(still, hold(i / FPS)));
    await report(`still at ${at} s, ${name}`, frames);
  }
}
await recognizer.close();

async function report(name, frames) {
  const tracks = { dlib68: [], yunet5: [] };
  const squares = [];
  for (const [i, frame] of frames.entries()) {
    const { faces } = await recognizer.detect(frame, { landmarks: 68, minFacePx: 70 });
    if (faces.length !== 1) continue;
    squares.push(greyFace(frame, faces[0].box));
    const timeMs = (i * 1000) / FPS;
    tracks.dlib68.push({ timeMs, landmarks: faces[0].landmarks });
    if (faces[0].yunet5) tracks.yunet5.push({ timeMs, landmarks: faces[0].yunet5 });
  }
  const said = Object.entries(tracks).map(([layout, track]) => {
    const { verdict, depth } = motionEvidence(track, layout);
    return `${layout} ${verdict} ${depth === null ? '-' : depth.toFixed(2)} (${track.length} frames)`;
  });
  console.log(`${name}: ${said.join(', ')}; flatness ${flatness(squares)?.toFixed(3)}`);
}

function pictures(from, seconds) {
  return filmFrames(values.ffmpeg, values.video, { from, seconds, fps: FPS, ...SIZE });
}
