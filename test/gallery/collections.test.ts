import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openSqliteGallery } from '../../src/gallery/sqlite-gallery.ts';
import { loadSqlite } from '../../src/sqlite/sqlite-driver.ts';
import { LENGTH, newFace, RECIPE } from './gallery-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'acquaint-collections-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'people.db');
const open = (collection?: string, more: object = {}) =>
  openSqliteGallery(path, {
    kind: { recipe: RECIPE, embeddingLength: LENGTH },
    create: true,
    collection,
    ...more,
  });

it('collections share a file and nothing else', async () => {
  const staff = await open('staff');
  const guests = await open('guests', { kind: { recipe: 'other', embeddingLength: 4 } });
  const face = newFace();
  await staff.addFace('Ada', face);
  await guests.addFace('Ada', { ...face, embedding: Float32Array.of(1, 2, 3, 4) });
  await guests.changeSettings({ distanceThreshold: 0.4, retentionDays: 90 });
  expect(await staff.settings()).toEqual({
    distanceThreshold: null,
    identifyRate: null,
    graceDays: 30,
    retentionDays: null,
  });
  expect((await staff.collections()).map(({ name, recipe, people }) => [name, recipe, people])).toEqual([
    ['guests', 'other', 1],
    ['staff', RECIPE, 1],
  ]);
  expect((await staff.embeddings())[0]!.embedding).toHaveLength(LENGTH);
  expect(await staff.history()).toHaveLength(1);
  await staff.setCalibration('{}');
  expect(await guests.calibration()).toBeNull();
  const [guest] = await guests.people();
  const [guestFace] = await guests.facesOf(guest!.id);
  await expect(staff.removeFace(guestFace!.id)).rejects.toMatchObject({ code: 'face_not_found' });
  expect(await staff.personById(guest!.id)).toBeNull();

  await expect(staff.dropCollection('staff')).rejects.toBeInstanceOf(RangeError);
  await expect(staff.dropCollection('nobody')).rejects.toMatchObject({ code: 'collection_not_found' });
  expect(await staff.dropCollection('guests')).toMatchObject({ faces: 1, wiped: true });
  await expect(guests.addFace('Eve', newFace({ embedding: new Float32Array(4) }))).rejects.toMatchObject({
    code: 'collection_not_found',
  });
  expect(await staff.people()).toHaveLength(1);
  await Promise.all([staff.close(), guests.close()]);
});

it('one person may be in two collections of a file, imported from one into the other', async () => {
  const [from, to] = [await open('from'), await open('to')];
  const { person } = await from.addFace('Ada', newFace());
  const faces = await from.facesOf(person.id);
  const imported = { ...person, faces };
  expect(await to.importPeople([imported])).toEqual({ people: 1, faces: 1, known: 0 });
  expect(await to.importPeople([imported])).toEqual({ people: 0, faces: 0, known: 1 });
  expect((await to.facesOf(person.id))[0]!.chip).toEqual(faces[0]!.chip);
  await from.forget(['Ada']);
  expect(await to.facesOf(person.id)).toHaveLength(1);
  await Promise.all([from.close(), to.close()]);
});

it('a collection that is not there is made only when asked for, and wants a plain name', async () => {
  await expect(open('nowhere', { create: false })).rejects.toMatchObject({ code: 'collection_not_found' });
  for (const name of ['', 'With Space', '../up', 'x'.repeat(65)]) {
    await expect(open(name)).rejects.toBeInstanceOf(RangeError);
  }
});

it('settings that are none are refused', async () => {
  const gallery = await open('staff');
  for (const change of [
    { distanceThreshold: -1 },
    { identifyRate: 2 },
    { graceDays: -1 },
    { retentionDays: 0 },
    { graceDays: Number.NaN },
    { graceDays: 1e300 },
    { retentionDays: 36_501 },
  ]) {
    await expect(gallery.changeSettings(change)).rejects.toBeInstanceOf(RangeError);
  }
  await gallery.close();
});

it('opens with days that no date can tell, as settings were once allowed to have', async () => {
  const gallery = await open('staff');
  await gallery.close();
  const database = (await loadSqlite())(path);
  database.exec(`UPDATE collections SET settings = '{"graceDays":1e300,"retentionDays":1e9}'`);
  database.close();
  const again = await open('staff');
  expect(await again.expired()).toEqual({ people: 0, removedPeople: 0, removedFaces: 0 });
  expect(await again.changeSettings({ graceDays: 30 })).toMatchObject({
    graceDays: 30,
    retentionDays: 36_500,
  });
  await again.close();
});
