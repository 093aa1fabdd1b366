import type { ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { photos, startCli, testFolder } from '../cli/cli-process.ts';
import { KNOWN_PEOPLE, makePeople } from '../cli/known-people.ts';
import { zipArchive } from '../packs/zip-archive.ts';
import { ask, form, type Served, startServed } from './served.ts';

const jobsOf = '/collections/default/jobs';
const zip = { 'content-type': 'application/zip' };

async function ended(served: Pick<Served, 'call'>, id: string) {
  for (;;) {
    const { body } = await served.call('GET', `/jobs/${id}`);
    if (body.status !== 'running') return body;
    await wait(50);
  }
}

describe('jobs', () => {
  it('enrol a ZIP archive with a folder per person, and tell what became of each picture', async () => {
    const served = await startServed();
    const archive = zipArchive({
      'people/Nicolas Cage/1.JFIF': await readFile(photos.cage),
      'people/Nicolas Cage/2.jpg': await readFile(photos.otherCage),
      'people/Audrey Hepburn/a/deep.jpg': await readFile(photos.audrey),
      'people/Audrey Hepburn/none.png': await readFile(photos.noFace),
      'people/Audrey Hepburn/.DS_Store': Buffer.from('x'),
      '__MACOSX/people/Audrey Hepburn/._deep.jpg': Buffer.from('x'),
      'people/Audrey Hepburn/text.jpg': Buffer.from('no picture'),
    });
    const created = await served.call('POST', jobsOf, { body: new Uint8Array(archive), headers: zip });
    expect(created.status).toBe(202);
    expect(created.headers.get('location')).toBe(`/v1/jobs/${created.body.id}`);
    expect(created.body).toMatchObject({ status: 'running', total: 5, collection: 'default' });
    const job = await ended(served, created.body.id);
    expect(job).toMatchObject({ status: 'done', done: 5, enrolled: 3, failed: 2, skipped: 0 });
    const { body } = await served.call('GET', `/jobs/${job.id}/results`);
    const reasons = Object.fromEntries(
      body.results.map(({ file, reason }: { file: string; reason?: string }) => [file, reason]),
    );
    expect(reasons).toEqual({
      '1.jpg': undefined,
      '2.jpg': undefined,
      'deep.jpg': undefined,
      'none.png': 'no_face',
      'text.jpg': 'not_an_image',
    });
    const { people } = (await served.call('GET', '/collections/default/people')).body;
    expect(people.map(({ name, faces }: { name: string; faces: number }) => [name, faces])).toEqual([
      ['Audrey Hepburn', 1],
      ['Nicolas Cage', 2],
    ]);
    expect(await readdir(join(served.folder, 'data', 'jobs'))).toEqual([]);
    await served.stop();
  });

  it('enrol a form in which each picture belongs to the name before it, followed as events', async () => {
    const served = await startServed();
    const body = await form(
      ['name', 'Nicolas Cage'],
      ['picture', { file: photos.cage, as: '../../../etc/cage.jpg' }],
      ['picture', { file: photos.otherCage }],
      ['name', 'Audrey Hepburn'],
      ['picture', { file: photos.audrey }],
    );
    const { id } = (await served.call('POST', jobsOf, { body })).body;
    const events = await (await fetch(`${served.url}/v1/jobs/${id}/events`)).text();
    const names = [...events.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name);
    expect(names.filter((name) => name === 'result')).toHaveLength(3);
    expect(names.at(-1)).toBe('end');
    expect(events).toContain('"file":"cage.jpg"');
    const last = JSON.parse(/event: end\ndata: (.*)/.exec(events)![1]!);
    expect(last).toMatchObject({ status: 'done', enrolled: 3 });
    const rest = await fetch(`${served.url}/v1/jobs/${id}/events`, { headers: { 'last-event-id': '2' } });
    expect([...(await rest.text()).matchAll(/^event: result$/gm)]).toHaveLength(1);
    await served.stop();
  });

  it('pass over what is no picture, and take the folder around the people off', async () => {
    const served = await startServed();
    const archive = zipArchive({
      'people/notes.txt': Buffer.from('what this is'),
      'people/Nicolas Cage/1.JFIF': await readFile(photos.cage),
      'people/Audrey Hepburn/1.jpg': await readFile(photos.audrey),
      'people/Audrey Hepburn/.hidden.jpg': Buffer.from('no picture'),
    });
    const { id, total } = (await served.call('POST', jobsOf, { body: new Uint8Array(archive), headers: zip }))
      .body;
    expect(total).toBe(2);
    await (await fetch(`${served.url}/v1/jobs/${id}/events`)).text();
    const { body } = await served.call('GET', '/collections/default/people');
    expect(body.people.map(({ name }: { name: string }) => name)).toEqual(['Audrey Hepburn', 'Nicolas Cage']);
    await served.stop();
  });

  it('refuse archives that are damaged, too long, too large or bombs, and leave nothing behind', async () => {
    const served = await startServed({ maxJobPictures: 3, maxUploadBytes: 300_000, maxJobBytes: 600_000 });
    const post = (archive: Uint8Array) =>
      served.call('POST', jobsOf, { body: new Uint8Array(archive), headers: zip });
    const photo = await readFile(photos.otherCage);
    expect((await post(Buffer.from('PK no archive'))).body).toMatchObject({
      status: 400,
      code: 'bad_request',
    });
    expect((await post(zipArchive({ 'a/1.jpg': photo }).subarray(0, -30))).status).toBe(400);
    expect((await post(zipArchive({}))).status).toBe(400);
    const flat = await post(zipArchive({ 'a/1.jpg': photo, 'flat.jpg': photo }));
    expect(flat.body.detail).toMatch(/one folder per person.*flat\.jpg/);
    // One person with a folder in hers, or a folder of people with a photo beside them?
    const unclear = await post(zipArchive({ 'a/1.jpg': photo, 'a/b/2.jpg': photo }));
    expect(unclear.body.detail).toMatch(/folder a holds pictures beside folders/);
    const many = Object.fromEntries([1, 2, 3, 4].map((n) => [`a/${n}.jpg`, photo.subarray(0, 100)]));
    expect((await post(zipArchive(many))).body).toMatchObject({ status: 413, code: 'too_many_pictures' });
    expect((await post(new Uint8Array(700_000))).body).toMatchObject({ status: 413, code: 'body_too_large' });
    // 2 kB that unpack to 100 MB: one picture that is too large, the job goes on.
    const bomb = await post(deflatedZip('a/bomb.jpg', Buffer.alloc(100_000_000)));
    expect(bomb.status).toBe(202);
    expect(await ended(served, bomb.body.id)).toMatchObject({ status: 'done', failed: 1 });
    // One that lies about its size.
    const liar = await post(deflatedZip('a/liar.jpg', Buffer.alloc(50_000_000), 1000));
    expect(await ended(served, liar.body.id)).toMatchObject({ status: 'done', failed: 1 });
    // Paths that lead out of the folder are names, nothing else.
    const slip = await post(zipArchive({ '../../evil/1.jpg': photo }));
    expect([202, 400]).toContain(slip.status);
    if (slip.status === 202) await ended(served, slip.body.id);
    expect(await readdir(join(served.folder, 'data', 'temporary'))).toEqual([]);
    expect(await readdir(join(served.folder, 'data', 'jobs')).catch(() => [])).toEqual([]);
    expect((await readdir(served.folder)).filter((name) => !name.startsWith('people.db'))).toEqual(['data']);
    await served.stop();
  });

  it('do not hold up the end of the server, whoever follows them, and go on later', async () => {
    const served = await startServed();
    const photo = await readFile(photos.group);
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`a/${i}.jpg`, Buffer.concat([photo, Buffer.from([i])])]),
    );
    const { id } = (
      await served.call('POST', jobsOf, { body: new Uint8Array(zipArchive(files)), headers: zip })
    ).body;
    const following = fetch(`${served.url}/v1/jobs/${id}/events`).then((answer) => answer.text());
    await wait(300);
    await served.server.close();
    expect(await following).not.toContain('event: end');
    expect((await readdir(join(served.folder, 'data', 'jobs', id))).length).toBeGreaterThan(0);
    await served.stop();
  });

  it('can be cancelled: what was enrolled stays', async () => {
    const served = await startServed();
    const photo = await readFile(photos.group);
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`a/${i}.jpg`, Buffer.concat([photo, Buffer.from([i])])]),
    );
    const { id } = (
      await served.call('POST', jobsOf, { body: new Uint8Array(zipArchive(files)), headers: zip })
    ).body;
    expect((await served.call('DELETE', `/jobs/${id}`)).status).toBe(204);
    expect((await served.call('GET', `/jobs/${id}`)).body.status).toBe('cancelled');
    expect((await served.call('DELETE', `/jobs/${id}`)).status).toBe(204);
    expect((await served.call('GET', `/jobs/${id}`)).body.code).toBe('job_not_found');
    await served.stop();
  });

  it('name nobody any more who was forgotten', async () => {
    const served = await startServed();
    const archive = zipArchive({
      'Wilhelmina/1.jpg': await readFile(photos.cage),
      'Audrey/1.jpg': await readFile(photos.audrey),
    });
    const { id } = (await served.call('POST', jobsOf, { body: new Uint8Array(archive), headers: zip })).body;
    await ended(served, id);
    await served.call('POST', '/collections/default/forget', { json: { names: ['Wilhelmina'] } });
    const { body, text } = await served.call('GET', `/jobs/${id}/results`);
    expect(text).not.toContain('Wilhelmina');
    expect(body.results.map(({ person }: { person: string | null }) => person).sort()).toEqual([
      'Audrey',
      null,
    ]);
    await served.server.close();
    const files = await readdir(join(served.folder, 'data'));
    for (const file of files.filter((name) => name.startsWith('server.db'))) {
      // The database's own files beside it go when it is closed.
      const bytes = await readFile(join(served.folder, 'data', file)).catch((error) => {
        if (error.code !== 'ENOENT' || file === 'server.db') throw error;
        return Buffer.alloc(0);
      });
      expect(bytes.includes('Wilhelmina')).toBe(false);
    }
    await served.stop();
  });
});

describe('jobs of a sealed gallery', () => {
  it('leave no name and no picture readable while they wait', async () => {
    const served = await startServed({
      recognizer: { key: { passphrase: 'correct horse battery' } } as never,
    });
    const photo = await readFile(photos.group);
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [
        `Wilhelmina/secret-${i}.jpg`,
        Buffer.concat([photo, Buffer.from([i])]),
      ]),
    );
    const { id } = (
      await served.call('POST', jobsOf, { body: new Uint8Array(zipArchive(files)), headers: zip })
    ).body;
    const data = join(served.folder, 'data');
    const waiting = await readdir(join(data, 'jobs', id));
    expect(waiting.length).toBeGreaterThan(3);
    for (const name of waiting) {
      const bytes = await readFile(join(data, 'jobs', id, name)).catch(() => null);
      expect(bytes?.includes(photo.subarray(1000, 1032)) ?? false).toBe(false);
    }
    for (const name of (await readdir(data)).filter((file) => file.startsWith('server.db'))) {
      const bytes = await readFile(join(data, name));
      expect(bytes.includes('Wilhelmina') || bytes.includes('secret-')).toBe(false);
    }
    expect((await ended(served, id)).failed).toBe(12);
    expect((await served.call('GET', `/jobs/${id}/results`)).body.results[0].person).toBe('Wilhelmina');
    await served.stop();
  });
});

describe('a server that is killed in the middle of a job', () => {
  it('finishes it when it is started again, and enrols every picture once', async () => {
    const folder = await testFolder();
    await makePeople(join(folder, 'people'));
    const files: Record<string, Uint8Array> = {};
    for (const name of KNOWN_PEOPLE) {
      for (const picture of ['1.jpg', '2.jpg'])
        files[`${name}/${picture}`] = await readFile(join(folder, 'people', name, picture));
    }
    const serve = async () => {
      const child = startCli(folder, ['serve', '--port', '0', '--quiet', '--min-face', '60']);
      return { child, url: await urlOf(child) };
    };
    const first = await serve();
    const created = await ask(`${first.url}/v1${jobsOf}?allowLookalikes=true`, 'POST', {
      body: new Uint8Array(zipArchive(files)),
      headers: zip,
    });
    const { id, total } = created.body;
    expect(total).toBe(2 * KNOWN_PEOPLE.length);
    while ((await ask(`${first.url}/v1/jobs/${id}`, 'GET')).body.done < 4) await wait(20);
    const gone = new Promise((done) => first.child.once('exit', done));
    first.child.kill('SIGKILL');
    await gone;

    const second = await serve();
    const call: Served['call'] = (method, path, options) => ask(`${second.url}/v1${path}`, method, options);
    const job = await ended({ call }, id);
    expect(job).toMatchObject({ status: 'done', done: total, total });
    const { people } = (await call('GET', '/collections/default/people')).body;
    expect(people).toHaveLength(KNOWN_PEOPLE.length);
    for (const { id: person, faces } of people) {
      const own = (await call('GET', `/collections/default/people/${person}/faces`)).body.faces;
      expect(new Set(own.map(({ contentHash }: { contentHash: string }) => contentHash)).size).toBe(faces);
    }
    const { results } = (await call('GET', `/jobs/${id}/results?limit=1000`)).body;
    expect(new Set(results.map(({ picture }: { picture: number }) => picture)).size).toBe(total);
    const stopped = new Promise<number | null>((done) => second.child.once('exit', done));
    second.child.kill('SIGTERM');
    expect(await stopped).toBe(0);
    expect(await readdir(join(folder, 'acquaint.db.server', 'jobs'))).toEqual([]);
  });
});

function urlOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.resume();
    child.stderr?.on('data', (chunk) => {
      text += chunk;
      const [, url] = /Listening on (\S+)/.exec(text) ?? [];
      if (url) resolve(url);
    });
    child.once('exit', () => reject(new Error(text)));
  });
}

/** An archive of one compressed file, which may state another size than it has. */
function deflatedZip(name: string, bytes: Uint8Array, statedSize = bytes.length): Buffer {
  const packed = deflateRawSync(bytes);
  const archive = zipArchive({ [name]: packed });
  const directory = 30 + name.length + packed.length;
  // The method of packing, the checksum and the size, in the file's own header and in the directory.
  for (const at of [8, directory + 10]) {
    archive.writeUInt16LE(8, at);
    archive.writeUInt32LE(crc32(bytes), at + 6);
    archive.writeUInt32LE(statedSize, at + 14);
  }
  return archive;
}
