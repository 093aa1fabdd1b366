import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { photos } from '../cli/cli-process.ts';
import { form, type Served, startServed } from './served.ts';

const collection = '/collections/default';

/** Somebody else has changed what a client still shows. */
describe('a client that knows old names', () => {
  let served: Served;
  let id: string;
  beforeAll(async () => {
    served = await startServed();
    const enrolled = await enroll('Anna', photos.cage);
    id = enrolled.body.person.id;
    await served.call('PATCH', `${collection}/people/${id}`, { json: { name: 'Anna Old' } });
    await enroll('anna', photos.audrey);
    await enroll('Zoe', photos.bieber);
  });
  afterAll(() => served.stop());

  const enroll = async (name: string, file: string) =>
    served.call('POST', `${collection}/faces`, { body: await form(['name', name], ['picture', { file }]) });
  const names = async (): Promise<string[]> =>
    (await served.call('GET', `${collection}/people`)).body.people.map(({ name }: { name: string }) => name);

  it('sees everybody as people look for names, capital and small letters together', async () => {
    expect(await names()).toEqual(['anna', 'Anna Old', 'Zoe']);
  });

  it('forgets nobody else who has the name by now', async () => {
    const json = { names: ['anna'], ids: [id] };
    const refused = await served.call('POST', `${collection}/forget`, { json });
    expect([refused.status, refused.body.code]).toEqual([409, 'name_changed']);
    const gone = await served.call('POST', `${collection}/forget`, { json: { names: ['X'], ids: ['none'] } });
    expect([gone.status, gone.body.code]).toEqual([404, 'person_not_found']);
    const short = await served.call('POST', `${collection}/forget`, {
      json: { names: ['X', 'Y'], ids: [id] },
    });
    expect([short.status, short.body.code]).toEqual([400, 'bad_request']);
    expect(await names()).toEqual(['anna', 'Anna Old', 'Zoe']);
  });

  it('enrols for the person it means, whatever the name', async () => {
    const body = await form(['person', id], ['picture', { file: photos.otherCage }]);
    const enrolled = await served.call('POST', `${collection}/faces`, { body });
    expect(enrolled.body.person).toMatchObject({ id, name: 'Anna Old', faces: 2 });
    const other = await form(['picture', { file: photos.otherCage }]);
    const unknown = await served.call('POST', `${collection}/faces?person=none`, { body: other });
    expect([unknown.status, unknown.body.code]).toEqual([404, 'person_not_found']);
  });

  it('makes nobody anew who was renamed or forgotten while the request waited', async () => {
    const slow = async (who: string) => {
      const body = await form(['person', who], ['picture', { file: photos.group }]);
      return served.call('POST', `${collection}/faces?largest=true&allowLookalikes=true&minFacePx=30`, {
        body,
      });
    };
    const renaming = slow(id);
    await served.call('PATCH', `${collection}/people/${id}`, { json: { name: 'Anna Older' } });
    expect((await renaming).body.person).toMatchObject({ id, name: 'Anna Older', faces: 3 });
    expect(await names()).toEqual(['anna', 'Anna Older', 'Zoe']);

    const { body } = await served.call('POST', `${collection}/faces?allowLookalikes=true`, {
      body: await form(['name', 'Tom'], ['picture', { file: photos.otherBieber }]),
    });
    const forgetting = slow(body.person.id);
    await served.call('POST', `${collection}/forget`, { json: { names: ['Tom'], ids: [body.person.id] } });
    expect((await forgetting).body).toMatchObject({ code: 'person_not_found' });
    expect(await names()).toEqual(['anna', 'Anna Older', 'Zoe']);
    await served.call('PATCH', `${collection}/people/${id}`, { json: { name: 'Anna Old' } });
  });

  it('forgets who is meant', async () => {
    const erased = await served.call('POST', `${collection}/forget`, {
      json: { names: ['Anna Old'], ids: [id] },
    });
    expect(erased.status).toBe(200);
    expect(await names()).toEqual(['anna', 'Zoe']);
  });
});

describe('JSON', () => {
  let served: Served;
  beforeAll(async () => {
    served = await startServed();
  });
  afterAll(() => served.stop());

  it.each([
    [{ retentionDays: 0 }, 'body/retentionDays must be > 0'],
    [{ retentionDays: 36_501 }, 'body/retentionDays must be <= 36500'],
    [{ graceDays: 1e300 }, 'body/graceDays must be <= 36500'],
    [{ distanceThreshold: 0 }, 'body/distanceThreshold must be > 0'],
    [{ graceDays: false }, 'body/graceDays must be number'],
    [{ graceDays: '7' }, 'body/graceDays must be number'],
    [{ identifyRate: 1 }, 'body/identifyRate must be < 1'],
    [{ retention: 1 }, 'body must NOT have additional properties: retention'],
  ])('%j is refused, not taken for something else', async (json, says) => {
    const { status, body } = await served.call('PATCH', collection, { json });
    expect([status, body.code]).toEqual([400, 'bad_request']);
    expect(body.detail.endsWith(says)).toBe(true);
  });

  it('null means none', async () => {
    await served.call('PATCH', collection, { json: { retentionDays: 30 } });
    const { body } = await served.call('PATCH', collection, { json: { retentionDays: null } });
    expect(body.retentionDays).toBe(null);
  });

  it('in addresses text becomes what is wanted', async () => {
    expect((await served.call('GET', `${collection}/people?limit=5`)).status).toBe(200);
    expect((await served.call('GET', `${collection}/people?limit=five`)).status).toBe(400);
  });
});
