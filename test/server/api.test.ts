import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { validate } from '@scalar/openapi-parser';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { photos } from '../cli/cli-process.ts';
import { form, type Served, startServed } from './served.ts';

const collection = '/collections/default';

describe('people over HTTP', () => {
  let served: Served;
  beforeAll(async () => {
    served = await startServed();
    await served.server.ready;
  });
  afterAll(() => served.stop());

  const enroll = async (name: string, ...files: string[]) => {
    const parts = files.map((file) => ['picture', { file }] as const);
    return served.call('POST', `${collection}/faces`, { body: await form(['name', name], ...parts) });
  };
  const search = async (file: string) =>
    served.call('POST', `${collection}/search`, { body: await form(['picture', { file }]) });

  it('enrols by a form, says which picture failed and why, and finds the person in another photo', async () => {
    const { status, body } = await enroll('Nicolas Cage', photos.cage, photos.noFace, photos.group);
    expect(status).toBe(200);
    expect(body.person).toMatchObject({ name: 'Nicolas Cage', faces: 1 });
    expect(
      body.results.map(({ status, reason }: { status: string; reason?: string }) => reason ?? status),
    ).toEqual(['enrolled', 'no_face', 'multiple_faces']);
    expect(body.results[0]).toMatchObject({ file: 'cage.jpg', face: { box: { left: expect.any(Number) } } });
    const again = await enroll('Nicolas Cage', photos.cage);
    expect(again.body.results[0]).toMatchObject({ status: 'skipped', reason: 'already_enrolled' });
    const found = await search(photos.otherCage);
    expect(found.body.faces).toHaveLength(1);
    expect(found.body.faces[0]).toMatchObject({
      decision: 'match',
      person: { name: 'Nicolas Cage' },
      runnerUp: null,
    });
    const stranger = await search(photos.audrey);
    expect(stranger.body.faces[0]).toMatchObject({ decision: 'unknown', person: null });
    const group = await search(photos.group);
    expect(group.body.faces.length).toBe(3);
  });

  it('takes a picture as a form, as a raw body and as base64, and finds the same in each', async () => {
    const bytes = await readFile(photos.otherCage);
    const answers = [
      await served.call('POST', '/detect', { body: await form(['picture', { file: photos.otherCage }]) }),
      await served.call('POST', '/detect', {
        body: new Uint8Array(bytes),
        headers: { 'content-type': 'image/jpeg' },
      }),
      await served.call('POST', '/detect', {
        body: new Uint8Array(bytes),
        headers: { 'content-type': 'application/octet-stream' },
      }),
      await served.call('POST', '/detect', { json: { picture: bytes.toString('base64') } }),
      await served.call('POST', '/detect', {
        json: { picture: `data:image/jpeg;base64,${bytes.toString('base64')}` },
      }),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body).toEqual(answers[0]!.body);
    }
    expect(answers[0]!.body).toMatchObject({
      width: 295,
      height: 312,
      faces: [{ landmarks: expect.any(Array) }],
    });
    const most = await served.call('POST', '/detect?landmarks=68', {
      json: { picture: bytes.toString('base64') },
    });
    expect(most.body.faces[0].landmarks).toHaveLength(68);
  });

  it('never fetches a picture', async () => {
    for (const picture of ['http://127.0.0.1:9/a.jpg', 'file:///etc/passwd', 'https://example.org/a.jpg']) {
      const { status, body } = await served.call('POST', '/detect', { json: { picture } });
      expect([status, body.code]).toEqual([400, 'bad_request']);
      expect(body.detail).toMatch(/never fetched/);
    }
  });

  it('refuses fields it does not know, and names that are no text', async () => {
    const picture = (await readFile(photos.cage)).toString('base64');
    const unknown = await served.call('POST', `${collection}/search`, {
      json: { picture, where: { team: 'red' } },
    });
    expect(unknown.body.code).toBe('bad_request');
    const nameless = await served.call('POST', `${collection}/faces`, { json: { picture, name: null } });
    expect(nameless.body.code).toBe('bad_request');
  });

  it('says what is wrong with a picture', async () => {
    const post = (bytes: Uint8Array, type = 'image/jpeg') =>
      served.call('POST', `${collection}/search`, {
        body: new Uint8Array(bytes),
        headers: { 'content-type': type },
      });
    const photo = await readFile(photos.cage);
    expect((await post(Buffer.from('not a picture'))).body).toMatchObject({
      status: 422,
      code: 'not_an_image',
    });
    expect((await post(photo.subarray(0, 3000))).body).toMatchObject({ status: 422, code: 'not_an_image' });
    expect((await post(photo, 'text/plain')).body).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
    });
    expect((await post(new Uint8Array(26 * 1024 * 1024))).body).toMatchObject({
      status: 413,
      code: 'body_too_large',
    });
    // 62 kB that would be 900 MB of pixels.
    const bomb = await sharp({
      limitInputPixels: false,
      create: { width: 20_000, height: 15_000, channels: 3, background: '#fff' },
    })
      .png()
      .toBuffer();
    expect((await post(bomb, 'image/png')).body).toMatchObject({ status: 413, code: 'image_too_large' });
    const nobody = await served.call('POST', `${collection}/verify`, {
      body: await form(['picture', { file: photos.noFace }], ['picture', { file: photos.cage }]),
    });
    expect(nobody.body).toMatchObject({ status: 422, code: 'no_face', requestId: expect.any(String) });
  });

  it('verifies two pictures', async () => {
    const verify = async (a: string, b: string) =>
      served.call('POST', `${collection}/verify`, {
        body: await form(['picture', { file: a }], ['picture', { file: b }]),
      });
    expect((await verify(photos.cage, photos.otherCage)).body).toMatchObject({
      same: true,
      confidence: expect.any(Number),
    });
    expect((await verify(photos.cage, photos.audrey)).body.same).toBe(false);
  });

  it('renames, splits, merges, removes, undoes and forgets', async () => {
    await enroll('Justin', photos.bieber, photos.otherBieber);
    const { body: page } = await served.call('GET', `${collection}/people?query=jus`);
    expect(page).toMatchObject({ total: 1, people: [{ name: 'Justin', faces: 2 }] });
    const { id } = page.people[0];
    const renamed = await served.call('PATCH', `${collection}/people/${id}`, {
      json: { name: 'Justin Bieber', externalId: 'jb', metadata: { team: 'red' } },
    });
    expect(renamed.body).toMatchObject({
      name: 'Justin Bieber',
      externalId: 'jb',
      metadata: { team: 'red' },
    });
    const cleared = await served.call('PATCH', `${collection}/people/${id}`, { json: { externalId: null } });
    expect(cleared.body.externalId).toBeNull();
    const taken = await served.call('PATCH', `${collection}/people/${id}`, {
      json: { name: 'Nicolas Cage' },
    });
    expect(taken.body).toMatchObject({ status: 409, code: 'name_taken' });

    const { body: own } = await served.call('GET', `${collection}/people/${id}/faces`);
    expect(own.faces).toHaveLength(2);
    expect(own.faces[0].embedding).toBeUndefined();
    const crop = await served.call('GET', `${collection}/faces/${own.faces[0].id}/crop`);
    expect(crop.headers.get('content-type')).toBe('image/jpeg');
    const other = await served.call('POST', `${collection}/people/${id}/split`, {
      json: { faces: [own.faces[1].id], name: 'Somebody else' },
    });
    expect(other.body).toMatchObject({ name: 'Somebody else', faces: 1 });
    const merged = await served.call('POST', `${collection}/people/${other.body.id}/merge`, {
      json: { into: id },
    });
    expect(merged.body).toMatchObject({ id, faces: 2 });

    expect((await served.call('DELETE', `${collection}/people/${id}`)).status).toBe(200);
    expect((await search(photos.otherBieber)).body.faces[0].decision).toBe('unknown');
    expect((await served.call('GET', `${collection}/people/${id}`)).body.code).toBe('person_not_found');
    const refused = await served.call('POST', `${collection}/undo`, { json: { event: 1 } });
    expect([refused.status, refused.body.detail]).toEqual([400, expect.stringContaining('?event=N')]);
    const undone = await served.call('POST', `${collection}/undo`);
    expect(undone.body).toMatchObject({ kind: 'remove', undoneAt: expect.any(String) });
    expect((await search(photos.otherBieber)).body.faces[0].person.name).toBe('Justin Bieber');
    const kinds = (await served.call('GET', `${collection}/history`)).body.events.map(
      ({ kind }: { kind: string }) => kind,
    );
    expect(kinds.slice(0, 6)).toEqual(['remove', 'merge', 'split', 'edit', 'edit', 'add_face']);

    const forgotten = await served.call('POST', `${collection}/forget`, {
      json: { names: ['Justin Bieber'] },
    });
    expect(forgotten.body).toMatchObject({ faces: 2, receipt: { id: expect.any(String) } });
    expect((await served.call('GET', `${collection}/receipts`)).body.receipts).toHaveLength(1);
    expect(
      (await served.call('POST', `${collection}/forget`, { json: { names: ['Justin Bieber'] } })).status,
    ).toBe(404);
  });

  it('keeps collections apart, each with its rules', async () => {
    const made = await served.call('POST', '/collections', {
      json: { name: 'guests', settings: { graceDays: 7 } },
    });
    expect(made.body).toMatchObject({ name: 'guests', people: 0, settings: { graceDays: 7 } });
    const strict = await served.call('PATCH', '/collections/guests', { json: { distanceThreshold: 0.01 } });
    expect(strict.body.distanceThreshold).toBe(0.01);
    const guest = await served.call('POST', '/collections/guests/faces', {
      body: await form(['name', 'Audrey'], ['picture', { file: photos.audrey }]),
    });
    expect(guest.body.results[0].status).toBe('enrolled');
    const here = await served.call('POST', '/collections/guests/search', {
      body: await form(['picture', { file: photos.cage }]),
    });
    expect(here.body.faces[0]).toMatchObject({ decision: 'unknown', threshold: 0.01 });
    expect((await served.call('DELETE', '/collections/default')).body.code).toBe('bad_request');
    expect((await served.call('DELETE', '/collections/guests')).body).toMatchObject({ faces: 1 });
    expect((await served.call('GET', '/collections/guests/people')).body.code).toBe('collection_not_found');
  });

  it('exports everybody into a file that another server imports', async () => {
    const exported = await served.call('GET', `${collection}/export`);
    expect(exported.headers.get('content-disposition')).toContain('default.ndjson');
    const other = await startServed();
    const headers = { 'content-type': 'application/x-ndjson' };
    const cut = await other.call('POST', `${collection}/import`, {
      body: exported.text.slice(0, -200),
      headers,
    });
    expect(cut.body).toMatchObject({ status: 422, code: 'bad_import' });
    expect((await other.call('GET', `${collection}/people`)).body.total).toBe(0);
    const imported = await other.call('POST', `${collection}/import`, { body: exported.text, headers });
    expect(imported.body).toEqual({ people: 1, faces: 1, known: 0 });
    const found = await other.call('POST', `${collection}/search`, {
      body: await form(['picture', { file: photos.otherCage }]),
    });
    expect(found.body.faces[0].person.name).toBe('Nicolas Cage');
    expect(await readdir(join(other.folder, 'data', 'temporary'))).toEqual([]);
    await other.stop();
  });

  it('tells who it cannot calibrate for, and how it does', async () => {
    expect((await served.call('POST', `${collection}/calibration`)).body).toMatchObject({
      status: 422,
      code: 'too_few_people',
    });
    expect((await served.call('GET', `${collection}/calibration`)).body).toEqual({ calibration: null });
    expect((await served.call('GET', '/health')).body.status).toBe('ok');
    expect((await served.call('GET', '/ready')).body.status).toBe('ready');
    const metrics = await served.call('GET', '/metrics');
    expect(metrics.text).toMatch(/acquaint_request_seconds_count\{.*route="\/v1\/detect"/);
    expect((await served.call('GET', '/models')).body.recipes[0]).toEqual({
      collection: 'default',
      recipe: 'dlib-resnet-v1',
    });
  });

  it('describes itself, and its documentation asks nobody else', async () => {
    const document = (await (await fetch(`${served.url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, unknown>;
    };
    const { paths, openapi } = document;
    expect(openapi).toBe('3.1.0');
    const checked = await validate(document);
    expect(checked.errors ?? []).toEqual([]);
    expect(Object.keys(paths)).toContain('/v1/collections/{collection}/search');
    const page = await fetch(`${served.url}/docs/`);
    expect(page.status).toBe(200);
    expect(await page.text()).not.toMatch(/(src|href)="https?:/);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    expect((await fetch(`${served.url}/nothing`)).status).toBe(404);
  });
});

describe('a server that has enough to do', () => {
  it('answers 503 when its queue is full and 429 when one caller asks too often', async () => {
    const served = await startServed({ queueLength: 1, requestsPerMinute: 60 });
    await served.server.ready;
    const photo = new Uint8Array(await readFile(photos.group));
    const headers = { 'content-type': 'image/jpeg' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => served.call('POST', '/detect?minFacePx=40', { body: photo, headers })),
    );
    const busy = answers.filter(({ status }) => status === 503);
    expect(busy.length).toBeGreaterThan(0);
    expect(busy[0]!.body.code).toBe('busy');
    expect(busy[0]!.headers.get('retry-after')).toBe('1');
    expect(answers.some(({ status }) => status === 200)).toBe(true);
    const many = await Promise.all(Array.from({ length: 70 }, () => served.call('GET', '/models')));
    const refused = many.find(({ status }) => status === 429);
    expect(refused?.body.code).toBe('too_many_requests');
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await served.call('GET', '/health')).status).toBe(200);
    await served.stop();
  });

  it('drops a client that sends its body too slowly, and goes on', async () => {
    const served = await startServed({ requestTimeoutMs: 1000 });
    const { connect } = await import('node:net');
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      'POST /v1/detect HTTP/1.1\r\nhost: localhost\r\ncontent-type: image/jpeg\r\ncontent-length: 5000\r\n\r\nabc',
    );
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^(HTTP\/1.1 408|$)/);
    expect((await served.call('GET', '/health')).status).toBe(200);
    await served.stop();
  });
});
