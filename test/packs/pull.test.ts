import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPack } from '../../src/packs/catalog.ts';
import { type PullOptions, pullPack } from '../../src/packs/pull.ts';
import { closedAddress, fail, redirect, serve, startFileServer } from './file-server.ts';
import { expectFile, filesIn, modelFolder, packAt, someBytes } from './packs.ts';

const bytes = someBytes(300_000);
const quick: PullOptions = { retryPausesMs: [10, 10, 10], stallMs: 400 };

describe('a download', () => {
  it('puts the file into the folder, with its progress told, and leaves nothing else there', async () => {
    const server = await startFileServer(serve(bytes));
    const folder = join(await modelFolder(), 'not yet there');
    const told: [number, number | null][] = [];
    const pulled = await pullPack(packAt(server.address, bytes), {
      folder,
      onProgress: (received, total) => told.push([received, total]),
    });
    expect(pulled).toEqual({ path: join(folder, 'model.onnx'), status: 'fetched' });
    await expectFile(pulled.path, bytes);
    expect(await filesIn(folder)).toEqual(['model.onnx']);
    expect([told[0], told.at(-1)]).toEqual([
      [0, bytes.length],
      [bytes.length, bytes.length],
    ]);
    expect(told.map(([received]) => received)).toEqual(
      told.map(([received]) => received).toSorted((a, b) => a - b),
    );
  });

  it('is not begun when the file is there and right', async () => {
    const server = await startFileServer(fail(500));
    const folder = await modelFolder();
    await writeFile(join(folder, 'model.onnx'), bytes);
    const pulled = await pullPack(packAt(server.address, bytes), { folder });
    expect(pulled.status).toBe('present');
    expect(server.ranges).toEqual([]);
  });

  it('replaces a damaged file', async () => {
    const server = await startFileServer(serve(bytes));
    const folder = await modelFolder();
    await writeFile(join(folder, 'model.onnx'), 'damaged');
    const { path, status } = await pullPack(packAt(server.address, bytes), { folder });
    expect(status).toBe('fetched');
    await expectFile(path, bytes);
  });

  it('follows redirects', async () => {
    const server = await startFileServer(redirect('/elsewhere/1'), redirect('2'), serve(bytes));
    const { path } = await pullPack(packAt(server.address, bytes), { folder: await modelFolder() });
    await expectFile(path, bytes);
  });
});

describe('a connection that breaks', () => {
  it('is made again and goes on where it stopped', async () => {
    const server = await startFileServer(
      serve(bytes, { cutAfter: 100_000 }),
      serve(bytes, { cutAfter: 50_000 }),
      serve(bytes),
    );
    const { path } = await pullPack(packAt(server.address, bytes), { ...quick, folder: await modelFolder() });
    await expectFile(path, bytes);
    expect(server.ranges).toEqual([undefined, 'bytes=100000-', 'bytes=150000-']);
  });

  it('starts anew where the server knows no ranges', async () => {
    const server = await startFileServer(
      serve(bytes, { cutAfter: 100_000 }),
      serve(bytes, { ranges: false }),
    );
    const { path } = await pullPack(packAt(server.address, bytes), { ...quick, folder: await modelFolder() });
    await expectFile(path, bytes);
    expect(server.ranges[1]).toBe('bytes=100000-');
  });

  it('starts anew when the file has another version meanwhile', async () => {
    const old = someBytes(300_000, 2);
    const server = await startFileServer(
      serve(old, { cutAfter: 100_000, etag: '"old"' }),
      serve(bytes, { etag: '"new"' }),
    );
    const { path } = await pullPack(packAt(server.address, bytes), { ...quick, folder: await modelFolder() });
    await expectFile(path, bytes);
  });

  it('starts anew when the server says there is no such rest', async () => {
    const server = await startFileServer(serve(bytes, { cutAfter: 100_000 }), fail(416), serve(bytes));
    const { path } = await pullPack(packAt(server.address, bytes), { ...quick, folder: await modelFolder() });
    await expectFile(path, bytes);
    expect(server.ranges).toEqual([undefined, 'bytes=100000-', undefined]);
  });

  it('counts as broken when it falls silent', async () => {
    const server = await startFileServer(serve(bytes, { silentAfter: 100_000 }), serve(bytes));
    const { path } = await pullPack(packAt(server.address, bytes), { ...quick, folder: await modelFolder() });
    await expectFile(path, bytes);
    expect(server.ranges).toEqual([undefined, 'bytes=100000-']);
  });

  it('is given up after some tries; a later call goes on', async () => {
    const server = await startFileServer(serve(bytes, { silentAfter: 0 }));
    const folder = await modelFolder();
    const pull = () => pullPack(packAt(server.address, bytes), { ...quick, stallMs: 50, folder });
    await expect(pull()).rejects.toMatchObject({
      code: 'download_failed',
      message: expect.stringMatching(/sent nothing for 0\.05 s\..*Try again, or put model\.onnx from http/),
    });
    expect(server.ranges).toHaveLength(4);
    server.answer(serve(bytes));
    expect((await pull()).status).toBe('fetched');
  });

  it('by the caller keeps what has come, for the next call', async () => {
    const server = await startFileServer(serve(bytes, { silentAfter: 100_000 }));
    const folder = await modelFolder();
    const ending = new AbortController();
    const pull = (signal?: AbortSignal) => {
      const onProgress = (received: number) => received === 100_000 && ending.abort();
      return pullPack(packAt(server.address, bytes), { folder, signal, onProgress });
    };
    await expect(pull(ending.signal)).rejects.toMatchObject({
      code: 'aborted',
      message: expect.stringContaining('What has arrived is kept'),
    });
    expect(await filesIn(folder)).toEqual(['model.onnx.part', 'model.onnx.part.json']);
    server.answer(serve(bytes));
    await expectFile((await pull()).path, bytes);
    expect(server.ranges).toEqual([undefined, 'bytes=100000-']);
    expect(await filesIn(folder)).toEqual(['model.onnx']);
  });
});

describe('an answer that is not the model', () => {
  it('of one wrong byte is refused with both hashes, and nothing lies under the real name', async () => {
    const wrong = Buffer.from(bytes);
    wrong[1234] = (wrong[1234] ?? 0) ^ 1;
    const server = await startFileServer(serve(wrong));
    const folder = await modelFolder();
    const pack = packAt(server.address, bytes);
    await expect(pullPack(pack, { folder })).rejects.toMatchObject({
      code: 'model_corrupt',
      message: expect.stringMatching(new RegExp(`${pack.sha256}.*[0-9a-f]{64} \\(300000 bytes\\)`)),
    });
    expect(await filesIn(folder)).toEqual([]);
  });

  it('leaves the file that was there before untouched', async () => {
    const server = await startFileServer(serve(someBytes(300_000, 2)));
    const folder = await modelFolder();
    await writeFile(join(folder, 'model.onnx'), 'an older version');
    await expect(pullPack(packAt(server.address, bytes), { folder })).rejects.toThrow();
    expect(await readFile(join(folder, 'model.onnx'), 'utf8')).toBe('an older version');
    expect(await filesIn(folder)).toEqual(['model.onnx']);
  });

  it.each([
    ['that announces too many bytes', true],
    ['that sends too many bytes without saying so', false],
  ])('%s is cut off', async (_title, announced) => {
    const server = await startFileServer((request, response) => {
      if (announced) return serve(someBytes(400_000))(request, response);
      response.writeHead(200);
      const more = setInterval(() => response.write(someBytes(100_000)), 5);
      response.on('close', () => clearInterval(more));
    });
    const folder = await modelFolder();
    for (const byteLength of [bytes.length, null]) {
      const pull = pullPack(packAt(server.address, bytes, { byteLength }), { folder, limitBytes: 350_000 });
      await expect(pull).rejects.toMatchObject({
        code: 'download_failed',
        message: expect.stringMatching(`Expected at most ${byteLength ?? 350_000} bytes`),
      });
    }
    expect(await filesIn(folder)).toEqual([]);
  });

  it.each([
    [404, 1],
    [403, 1],
    [500, 4],
  ])('but status %i is told after %i tries', async (status, tries) => {
    const server = await startFileServer(fail(status));
    const folder = await modelFolder();
    await expect(pullPack(packAt(server.address, bytes), { ...quick, folder })).rejects.toMatchObject({
      code: 'download_failed',
      message: expect.stringMatching(new RegExp(`${server.address} answered ${status}.*into ${folder}`)),
    });
    expect(server.ranges).toHaveLength(tries);
  });

  it('but status 500 at first is asked again', async () => {
    const server = await startFileServer(fail(500), fail(503), serve(bytes));
    const pulled = await pullPack(packAt(server.address, bytes), { ...quick, folder: await modelFolder() });
    expect(pulled.status).toBe('fetched');
  });

  it('but a redirect in a circle, to another machine without TLS or to nowhere is refused', async () => {
    const folder = await modelFolder();
    for (const [location, says] of [
      ['/model.onnx', /redirects more than 10 times/],
      ['http://example.com/model.onnx', /Expected an https: address but received http:\/\/example\.com/],
      ['file:///etc/passwd', /Expected an https: address but received file:/],
      ['', /Expected an https: address|redirects more than/],
    ] as const) {
      const server = await startFileServer(redirect(location));
      await expect(pullPack(packAt(server.address, bytes), { folder })).rejects.toThrow(says);
    }
    await expect(pullPack(packAt('http://example.com/a', bytes), { folder })).rejects.toThrow(/https:/);
  });

  it('names where it was sent without the secrets of signed addresses', async () => {
    const secret = 'X-Signature=s3cret';
    for (const last of [
      `http://user:s3cret@example.com/model.onnx?${secret}`,
      `ftp://example.com/model.onnx?${secret}`,
      `http://user:s3cret@[bad/model.onnx?${secret}`,
    ]) {
      const server = await startFileServer(redirect(`/signed?${secret}`), redirect(last));
      const pull = pullPack(packAt(server.address, bytes), { folder: await modelFolder() });
      const problem = await pull.catch((error: Error) => error.message);
      expect(problem).toMatch(
        /received (ht|f)tp:\/\/(example\.com|\[bad)\/model\.onnx \(redirected from http:\/\/127\S+\/signed\)\./,
      );
      expect(problem).not.toMatch(/s3cret/);
    }
    const refusing = await startFileServer(redirect(`/signed?${secret}`), fail(403));
    const pull = pullPack(packAt(refusing.address, bytes), { folder: await modelFolder() });
    await expect(pull).rejects.toThrow(/127\S+\/signed answered 403/);
  });

  it('but nobody at the address is told at once', async () => {
    const before = Date.now();
    const address = await closedAddress();
    const pull = pullPack(packAt(address, bytes), { folder: await modelFolder() });
    await expect(pull).rejects.toMatchObject({
      code: 'download_failed',
      message: expect.stringMatching(/could not be reached/),
    });
    expect(Date.now() - before).toBeLessThan(900);
  });
});

describe('a licence that excludes commercial use', () => {
  it('must be accepted by its name, and cannot be where use is commercial', async () => {
    const server = await startFileServer(serve(bytes));
    const { license, dataNote } = findPack('buffalo_l')!;
    const pack = packAt(server.address, bytes, { id: 'buffalo_l', license, dataNote, commercialUse: false });
    const folder = await modelFolder();
    const command = `acquaint models pull buffalo_l --accept-license ${license}`;
    for (const acceptLicense of [undefined, 'MIT']) {
      await expect(pullPack(pack, { folder, acceptLicense })).rejects.toMatchObject({
        code: 'license_not_accepted',
        message: expect.stringMatching(
          new RegExp(`${license}, which allows no commercial use.*${command} --models ${folder}$`),
        ),
      });
    }
    const commercial = pullPack(pack, { folder, acceptLicense: license, commercial: true });
    await expect(commercial).rejects.toMatchObject({ code: 'not_for_commercial_use' });
    expect(server.ranges).toEqual([]);
    expect((await pullPack(pack, { folder, acceptLicense: license })).status).toBe('fetched');
    await expect(pullPack(pack, { folder, commercial: true })).rejects.toMatchObject({
      code: 'not_for_commercial_use',
    });
  });
});
