// What 50 clients get that search all the time: answers, 429 or 503; how quick is the health check meanwhile, and does the
// server grow?  node bench/server/load.js [--seconds 60] [--clients 50]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { enroll, portraits, quantile, startServer } from './served.js';

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '60' }, clients: { type: 'string', default: '50' } },
});
const server = await startServer('--requests', '1000000', '--queue', '32');
await enroll(server.url, 'Nicolas Cage', 'cage.jpg');
const url = `${server.url}/v1/collections/default/search?minFacePx=80`;
const load = (duration) =>
  autocannon({
    url,
    method: 'POST',
    connections: Number(values.clients),
    duration,
    timeout: 30,
    headers: { 'content-type': 'image/jpeg' },
    body: readFileSync(join(portraits, 'cage2_crop.jpg')),
  });
await load(10);
const health = [];
const resident = [server.residentMb()];
const timer = setInterval(async () => {
  const start = performance.now();
  const { status } = await fetch(`${server.url}/v1/health`);
  if (status !== 200) throw new Error(`Expected health 200 but received ${status}`);
  health.push(performance.now() - start);
}, 50);
const memory = setInterval(() => resident.push(server.residentMb()), 5000);
const result = await load(Number(values.seconds));
clearInterval(timer);
clearInterval(memory);
console.log(`${values.clients} clients for ${values.seconds} s, one small photo each time`);
console.log(
  `  statuses: ${Object.entries(result.statusCodeStats)
    .map(([code, { count }]) => `${code} ${count}`)
    .join(', ')}; errors ${result.errors}, timeouts ${result.timeouts}`,
);
console.log(
  `  health: median ${quantile(health, 0.5).toFixed(1)} ms, 99 % ${quantile(health, 0.99).toFixed(1)} ms, most ${Math.max(...health).toFixed(1)} ms of ${health.length}`,
);
console.log(`  resident after warm-up and every 5 s, MB: ${resident.map((mb) => mb.toFixed(0)).join(' ')}`);
await server.stop();
