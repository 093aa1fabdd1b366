import { readFile } from 'node:fs/promises';
import { AcquaintClient, type LiveFaces, ProblemError } from 'acquaint/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { photos } from '../cli/cli-process.ts';
import { ask, type Served, startServed } from './served.ts';

const photo = async (file: string) => new File([await readFile(file)], 'photo.jpg');

describe('the client', () => {
  let served: Served & { readonly keys: readonly string[] };
  /** Methods and paths that were asked for. */
  const asked: { method: string; path: string }[] = [];
  let client: AcquaintClient;
  beforeAll(async () => {
    served = await startServed({}, { keys: [['admin'], ['read']] });
    await served.server.ready;
    client = clientOf('default');
  });
  afterAll(() => served.stop());
  const clientOf = (collection: string) =>
    new AcquaintClient({
      baseUrl: served.url,
      apiKey: served.keys[0],
      collection,
      fetch: (input, init) => {
        asked.push({ method: init?.method ?? 'GET', path: new URL(String(input)).pathname });
        return fetch(input, init);
      },
    });

  it('has a method for every operation of the document, and each does what it says', async () => {
    expect(await client.health()).toMatchObject({ status: 'ok' });
    expect(await client.ready()).toBe(true);
    expect(await client.whoAmI()).toMatchObject({ scopes: ['admin'] });
    const { person, results } = await client.enroll('Nicolas Cage', [await photo(photos.cage)]);
    expect(results[0]).toMatchObject({ file: 'photo.jpg', status: 'enrolled' });
    const { faces } = await client.search(await photo(photos.otherCage), { minFacePx: 60 });
    expect(faces[0]?.person).toEqual({ id: person!.id, name: 'Nicolas Cage' });
    expect(
      (await client.search(await photo(photos.otherCage), { where: { team: 'red' } })).faces[0]?.person,
    ).toBeNull();
    expect((await client.detect(await photo(photos.otherCage))).faces).toHaveLength(1);
    expect((await client.embed(await photo(photos.otherCage))).faces[0]?.embedding).toHaveLength(128);
    expect((await client.verify(await photo(photos.cage), await photo(photos.otherCage))).same).toBe(true);

    const pictures = new Map([
      ['Nicolas Cage', [await photo(photos.otherCage)]],
      ['Audrey Hepburn', [await photo(photos.audrey)]],
    ]);
    const job = await client.createJob(pictures);
    const events = [];
    for await (const event of client.followJob(job.id)) events.push(event);
    expect(events.at(-1)).toMatchObject({ event: 'end', data: { status: 'done', enrolled: 2 } });
    expect((await client.getJob(job.id)).done).toBe(2);
    expect(await client.getJobResults(job.id)).toHaveLength(2);
    expect((await client.listJobs())[0]?.id).toBe(job.id);
    expect((await client.resumeJob(job.id)).status).toBe('done');
    await client.cancelJob(job.id);
    expect(await client.listJobs()).toEqual([]);

    expect((await client.listPeople({ query: 'cage' })).people[0]).toMatchObject({ faces: 2 });
    const own = await client.listFaces(person!.id);
    expect((await client.getCrop(own[0]!.id)).type).toBe('image/jpeg');
    expect((await client.getPersonCrop(person!.id)).type).toBe('image/jpeg');
    const split = await client.splitPerson(person!.id, [own[1]!.id], 'Other');
    expect(await client.mergePerson(split.id, person!.id)).toMatchObject({ faces: 2 });
    expect(await client.removeFace(own[1]!.id)).toMatchObject({ faces: 1 });
    expect(await client.undo()).toMatchObject({ kind: 'remove_face' });
    expect(await client.changePerson(person!.id, { externalId: '7' })).toMatchObject({ externalId: '7' });
    expect(await client.getPerson(person!.id)).toMatchObject({ externalId: '7', faces: 2 });
    expect((await client.history())[0]).toMatchObject({ kind: 'edit' });

    expect(await client.createCollection('guests', { graceDays: 3 })).toMatchObject({ name: 'guests' });
    expect(await client.listCollections()).toHaveLength(2);
    expect(await client.changeCollection({ identifyRate: 0.02 })).toMatchObject({ identifyRate: 0.02 });
    expect(await client.getCollection()).toMatchObject({ people: 2, settings: { identifyRate: 0.02 } });
    const guests = clientOf('guests');
    expect(await guests.importPeople(await client.exportPeople())).toMatchObject({ people: 2, faces: 3 });
    expect(await client.dropCollection('guests')).toMatchObject({ faces: 3 });
    expect(await client.getEvaluation()).toMatchObject({ people: 2, faces: 3, nonmated: { count: 3 } });
    const [one, other] = [
      await client.embed(await photo(photos.cage)),
      await client.embed(await photo(photos.otherCage)),
    ].map(({ faces }) => faces[0]!);
    const embeddings = [one!.embedding, other!.embedding];
    expect(await client.groupFaces({ recipe: one!.recipe, embeddings })).toMatchObject({ groups: [[0, 1]] });
    const there = await client.enroll('Guest', [await photo(photos.group)], { at: { x: 0, y: 0 } });
    expect(there.results[0]).toMatchObject({ status: 'failed', reason: 'no_face' });
    expect(await client.setLiveness('active')).toMatchObject({ policy: 'active' });
    expect(await client.setLiveness('off')).toEqual(await client.getLiveness());
    await expect(client.calibrate()).rejects.toMatchObject({ code: 'too_few_people' });
    expect(await client.getCalibration()).toBeNull();
    await client.removeCalibration();

    expect(await client.removePerson(person!.id)).toMatchObject({ name: 'Nicolas Cage' });
    // And whoever was split off and merged back.
    expect(await client.getExpired({ graceDays: 0 })).toEqual({
      people: 0,
      removedPeople: 2,
      removedFaces: 0,
    });
    expect(await client.getExpired({ retentionDays: null })).toMatchObject({ people: 0, removedPeople: 0 });
    expect(await client.forget(['Nicolas Cage'])).toMatchObject({ receipt: { id: expect.any(String) } });
    expect(await client.listReceipts()).not.toHaveLength(0);
    expect(await client.listReceipts({ limit: 1 })).toHaveLength(1);
    const [left] = (await client.listPeople()).people;
    expect(await client.erasedOf([person!.id, left!.id, 'nobody'])).toEqual([person!.id, 'nobody']);
    const made = await client.createKey({ name: 'door', scopes: ['recognize'] });
    expect(await client.listKeys()).toHaveLength(3);
    await client.revokeKey(made.key.id);
    expect((await client.listAudit({ limit: 1 }))[0]).toMatchObject({ action: 'revoke_key' });
    expect((await client.listModels()).detector).toBe('mmod');
    expect(await client.metrics()).toContain('acquaint_request_seconds');
    expect((await client.signIn()).csrfToken).toEqual(expect.any(String));
    await client.signOut();

    const { body } = await ask(`${served.url}/openapi.json`, 'GET');
    const missing = Object.entries<Record<string, { operationId: string }>>(body.paths).flatMap(
      ([path, methods]) =>
        Object.entries(methods)
          .filter(([method]) => {
            const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
            return !asked.some((each) => each.method === method.toUpperCase() && pattern.test(each.path));
          })
          .map(([, { operationId }]) => operationId),
    );
    // Over a WebSocket: below, and in liveness.test.ts.
    expect(missing).toEqual(['live', 'challenge']);
  });

  it('sends frames over a live connection', async () => {
    await client.enroll('Nicolas Cage', [await photo(photos.cage)]);
    const answer = await new Promise<LiveFaces>((resolve, reject) => {
      const live = client.live(
        {
          onFaces: (faces) => {
            resolve(faces);
            live.close();
          },
          onProblem: ({ problem }) => reject(new Error(problem.detail)),
        },
        { minFacePx: 60, WebSocket: WebSocket as never },
      );
      live.ready.then(async () => live.send(new Uint8Array(await readFile(photos.otherCage))), reject);
    });
    expect(answer.faces[0]).toMatchObject({ person: { name: 'Nicolas Cage' } });
  });

  it('throws a refusal with its code, and when to come again', async () => {
    const reader = new AcquaintClient({ baseUrl: served.url, apiKey: served.keys[1] });
    const refused = await reader.enroll('X', [await photo(photos.cage)]).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ProblemError);
    expect(refused).toMatchObject({ code: 'forbidden', status: 403, retryAfterSeconds: null });
    await expect(client.getPerson('../keys')).rejects.toMatchObject({ code: 'person_not_found' });
  });
});
