// How many frames of 640x480 with one face are answered a second over a WebSocket, and how old are the answers?
// node bench/server/live.js [--seconds 20] [--fps 30] [--min-face 120] [--effort balanced] [--rules off,passive] [--rounds 1]
// (--rules: the rules for living faces, one after the other in every round; passive wants acquaint models pull faceplugin-liveness)

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import WebSocket from 'ws';
import { enroll, portraits, quantile, startServer } from './served.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    fps: { type: 'string', default: '30' },
    'min-face': { type: 'string', default: '120' },
    effort: { type: 'string', default: 'balanced' },
    rules: { type: 'string', default: 'off' },
    rounds: { type: 'string', default: '1' },
  },
});
const seconds = Number(values.seconds);

/** A face that moves a little from frame to frame, as in front of a camera. */
async function makeFrames(count) {
  const face = await sharp(join(portraits, 'franck_04117.jpg'))
    .resize({ height: 420 })
    .toBuffer({ resolveWithObject: true });
  return Promise.all(
    Array.from({ length: count }, (_, i) =>
      sharp({ create: { width: 640, height: 480, channels: 3, background: '#7a7f86' } })
        .composite([
          {
            input: face.data,
            left: Math.max(0, Math.round((640 - face.info.width) / 2 + 20 * Math.sin(i / 5))),
            top: 30 + Math.round(15 * Math.cos(i / 7)),
          },
        ])
        .jpeg({ quality: 85 })
        .toBuffer(),
    ),
  );
}

/** Sends frames for a while under a rule. */
async function measure(url, rule) {
  await setRule(url, rule);
  const socket = new WebSocket(
    `${url.replace('http', 'ws')}/v1/collections/default/live?minFacePx=${values['min-face']}`,
  );
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const sentAt = [0];
  const ages = [];
  const names = new Map();
  const tracks = new Set();
  let dropped = 0;
  const warmUp = Math.round(Number(values.fps) * 2);
  let firstAt = null;
  let lastAt = 0;
  socket.on('message', (text) => {
    const message = JSON.parse(text);
    if (message.type !== 'faces') throw new Error(text);
    if (message.frame <= warmUp) return;
    lastAt = performance.now();
    firstAt ??= lastAt;
    ages.push(lastAt - sentAt[message.frame]);
    dropped = message.dropped;
    for (const face of message.faces) {
      tracks.add(face.track);
      names.set(face.person?.name ?? face.decision, (names.get(face.person?.name ?? face.decision) ?? 0) + 1);
    }
  });
  const every = 1000 / Number(values.fps);
  const start = performance.now();
  for (let i = 0; performance.now() - start < seconds * 1000; i++) {
    sentAt.push(performance.now());
    socket.send(frames[i % frames.length]);
    await new Promise((done) => setTimeout(done, Math.max(0, start + (i + 1) * every - performance.now())));
  }
  await new Promise((done) => setTimeout(done, 500));
  socket.close();
  return { rate: (ages.length - 1) / ((lastAt - firstAt) / 1000), ages, names, tracks: tracks.size, dropped };
}

async function setRule(url, rule) {
  const answer = await fetch(`${url}/v1/collections/default/liveness`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ policy: rule }),
  });
  if (!answer.ok) throw new Error(`Expected the rule ${rule} to be set but received ${await answer.text()}`);
}

const frames = await makeFrames(60);
const server = await startServer('--effort', values.effort);
await enroll(server.url, 'Franck', 'franck_01829.jpg');
console.log(
  `${values.fps} frames a second of 640x480, smallest face ${values['min-face']} px, ${values.effort}, ${seconds} s`,
);
const rates = new Map();
for (let round = 0; round < Number(values.rounds); round++) {
  for (const rule of values.rules.split(',')) {
    const { rate, ages, names, tracks, dropped } = await measure(server.url, rule);
    rates.set(rule, [...(rates.get(rule) ?? []), rate]);
    console.log(`rule ${rule}: ${rate.toFixed(1)} answers a second, ${dropped} frames dropped`);
    console.log(
      `  age at the client: median ${quantile(ages, 0.5).toFixed(0)} ms, 95 % ${quantile(ages, 0.95).toFixed(0)} ms`,
    );
    console.log(`  tracks: ${tracks}; ${[...names].map(([name, count]) => `${name} ${count}`).join(', ')}`);
  }
}
const [[first, base], ...others] = [...rates].map(([rule, all]) => [rule, quantile(all, 0.5)]);
for (const [rule, rate] of others) {
  console.log(`${rule} keeps ${((100 * rate) / base).toFixed(0)} % of the rate of ${first}, medians`);
}
await server.stop();
