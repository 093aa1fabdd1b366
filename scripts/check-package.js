// What `npm pack` would publish: everything the program needs, nothing else. Part of `npm run check`.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const listing = execFileSync(npm, ['pack', '--dry-run', '--json', '--ignore-scripts'], {
  cwd: root,
  encoding: 'utf8',
  shell: process.platform === 'win32',
  stdio: ['ignore', 'pipe', 'ignore'],
});
const report = JSON.parse(listing);
const { files, unpackedSize } = Array.isArray(report) ? report[0] : Object.values(report)[0];
const paths = files.map(({ path }) => path);

const required = [
  'dist/bundle/index.js',
  'dist/index.d.ts',
  'dist/bundle/main.js',
  'dist/bundle/server.js',
  'dist/server/index.d.ts',
  'dist/bundle/client.js',
  'dist/bundle/console/index.html',
  'dist/bundle/console/licences.txt',
  'dist/client/index.d.ts',
  'dist/bundle/analysis-worker.js',
  'weights/hog/frontal_face_detector.f32',
  'weights/hog/LICENSE.txt',
  'LICENSE',
  'THIRD_PARTY.md',
  'README.md',
];
const missing = required.filter((path) => !paths.includes(path));
const allowed =
  /^(dist\/bundle\/[^/]+\.js|dist\/bundle\/console\/[^/]+(\/[^/]+)?|dist\/.*\.d\.ts|weights\/.*|LICENSE|THIRD_PARTY\.md|CHANGELOG\.md|README\.md|package\.json)$/;
const stray = paths.filter((path) => !allowed.test(path));
/** The console's page is half of it. */
const LIMIT_BYTES = 3_000_000;

if (missing.length > 0) fail(`missing from the package: ${missing.join(', ')}`);
if (stray.length > 0) fail(`not meant for the package: ${stray.join(', ')}`);
if (unpackedSize > LIMIT_BYTES)
  fail(`expected at most ${LIMIT_BYTES} bytes but the package has ${unpackedSize}`);
console.log(`package: ${paths.length} files, ${unpackedSize} bytes`);

function fail(message) {
  console.error(`check-package: ${message}`);
  process.exit(1);
}
