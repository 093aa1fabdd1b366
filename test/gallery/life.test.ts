import { beforeEach, describe, expect, it } from 'vitest';
import { openSqliteGallery } from '../../src/gallery/sqlite-gallery.ts';
import type { EnrolledFace, Gallery, Person } from '../../src/ports/gallery.ts';
import { LENGTH, newFace, RECIPE } from './gallery-contract.ts';

let gallery: Gallery;
let ada: Person;
let grace: Person;
let adaFaces: EnrolledFace[];

beforeEach(async () => {
  gallery = await openSqliteGallery(':memory:', {
    kind: { recipe: RECIPE, embeddingLength: LENGTH },
    create: true,
  });
  adaFaces = [];
  for (let i = 0; i < 3; i++) adaFaces.push((await gallery.addFace('Ada', newFace())).face);
  grace = (await gallery.addFace('Grace', newFace())).person;
  ada = (await gallery.findPerson('Ada'))!;
  return () => gallery.close();
});

/** Names with their faces' ids: what a user can see. */
async function everybody(): Promise<Record<string, string[]>> {
  const people = await gallery.people();
  const entries = people.map(async ({ id, name }) => [
    name,
    (await gallery.facesOf(id)).map((face) => face.id).sort(),
  ]);
  return Object.fromEntries(await Promise.all(entries));
}

/** Does something, and looks that undoing it brings back what was there before. */
async function expectUndone(work: () => Promise<unknown>): Promise<void> {
  const before = await everybody();
  const searched = (await gallery.embeddings()).map(({ faceId, personId }) => [faceId, personId]);
  await work();
  expect(await everybody()).not.toEqual(before);
  const event = await gallery.undo();
  expect(event.undoneAt).not.toBeNull();
  expect(await everybody()).toEqual(before);
  expect((await gallery.embeddings()).map(({ faceId, personId }) => [faceId, personId])).toEqual(searched);
}

describe('what happens to people can be undone', () => {
  it('a new name', () => expectUndone(() => gallery.change(ada.id, { name: 'Ada Lovelace' })));
  it('a merge', () => expectUndone(() => gallery.merge(grace.id, ada.id)));
  it('a split', () => expectUndone(() => gallery.split(ada.id, [adaFaces[1]!.id], 'Countess')));
  it('a face removed', () => expectUndone(() => gallery.removeFace(adaFaces[0]!.id)));
  it('a person removed', () => expectUndone(() => gallery.remove(ada.id)));
  it('a face added', () => expectUndone(() => gallery.addFace('Ada', newFace())));
  it('a person added', () => expectUndone(() => gallery.addFace('Hopper', newFace())));

  it('several, one after the other, newest first', async () => {
    const before = await everybody();
    await gallery.change(ada.id, { name: 'Lovelace' });
    await gallery.merge(grace.id, ada.id);
    await gallery.split(ada.id, [adaFaces[2]!.id], 'Third');
    await gallery.removeFace(adaFaces[0]!.id);
    await gallery.remove(ada.id);
    for (const kind of ['remove', 'remove_face', 'split', 'merge', 'rename']) {
      expect((await gallery.undo()).kind).toBe(kind);
    }
    expect(await everybody()).toEqual(before);
  });
});

describe('a change of a person', () => {
  it('keeps external id, metadata and best face, and gives back what was before', async () => {
    const change = {
      externalId: 'E-17',
      metadata: { team: 'red', tags: ['a', 'b'], level: 3 },
      bestFaceId: adaFaces[1]!.id,
    };
    expect(await gallery.change(ada.id, change)).toMatchObject({ name: 'Ada', ...change });
    expect(await gallery.findPerson('Ada')).toMatchObject(change);
    await gallery.undo();
    expect(await gallery.findPerson('Ada')).toMatchObject({
      externalId: null,
      metadata: {},
      bestFaceId: null,
    });
  });

  it('is no event when nothing is changed', async () => {
    const events = await gallery.history();
    await gallery.change(ada.id, { name: 'Ada' });
    expect(await gallery.history()).toEqual(events);
  });

  it('refuses a name or external id of somebody else, and changes nothing', async () => {
    await gallery.change(grace.id, { externalId: 'E-1' });
    await expect(gallery.change(ada.id, { name: 'Grace' })).rejects.toMatchObject({ code: 'name_taken' });
    await expect(gallery.change(ada.id, { name: 'New', externalId: 'E-1' })).rejects.toMatchObject({
      code: 'name_taken',
    });
    expect(await gallery.findPerson('Ada')).toMatchObject({ externalId: null });
    expect(await gallery.findPerson('New')).toBeNull();
  });

  it('refuses metadata that is none or too large, and a best face of somebody else', async () => {
    for (const metadata of [[], null, 'x', { text: 'x'.repeat(70_000) }]) {
      await expect(gallery.change(ada.id, { metadata: metadata as never })).rejects.toThrow(/Expected/);
    }
    const [face] = await gallery.facesOf(grace.id);
    await expect(gallery.change(ada.id, { bestFaceId: face!.id })).rejects.toMatchObject({
      code: 'face_not_found',
    });
  });
});

describe('a merge', () => {
  it('keeps a picture that both have once, and parts them as they were', async () => {
    const shared = newFace();
    await gallery.addFace('Ada', shared);
    await gallery.addFace('Grace', shared);
    const before = await everybody();
    expect((await gallery.merge(grace.id, ada.id)).faces).toBe(5);
    expect(Object.keys(await everybody())).toEqual(['Ada']);
    await gallery.undo();
    expect(await everybody()).toEqual(before);
  });

  it('refuses one and the same person, and nobody', async () => {
    await expect(gallery.merge(ada.id, ada.id)).rejects.toBeInstanceOf(RangeError);
    await expect(gallery.merge('nobody', ada.id)).rejects.toMatchObject({ code: 'person_not_found' });
  });

  it('frees the name of the merged person, and cannot be undone while it is taken', async () => {
    await gallery.merge(grace.id, ada.id);
    const [merge] = await gallery.history({ limit: 1 });
    const { person } = await gallery.addFace('Grace', newFace());
    const before = await everybody();
    await expect(gallery.undo(merge!.id)).rejects.toMatchObject({ code: 'cannot_undo' });
    expect(await everybody()).toEqual(before);
    await gallery.change(person.id, { name: 'Another Grace' });
    await gallery.undo(merge!.id);
    expect(Object.keys(await everybody()).sort()).toEqual(['Ada', 'Another Grace', 'Grace']);
  });

  it('cannot be undone when its faces went on to somebody else, until that is undone', async () => {
    const [graceFace] = await gallery.facesOf(grace.id);
    await gallery.merge(grace.id, ada.id);
    const [merge] = await gallery.history({ limit: 1 });
    await gallery.split(ada.id, [graceFace!.id], 'Hopper');
    await expect(gallery.undo(merge!.id)).rejects.toMatchObject({ code: 'cannot_undo' });
    await gallery.undo();
    await gallery.undo(merge!.id);
    expect(Object.keys(await everybody())).toEqual(['Ada', 'Grace']);
  });
});

describe('a split', () => {
  it('wants some of the faces, all of them the person’s', async () => {
    const all = adaFaces.map(({ id }) => id);
    await expect(gallery.split(ada.id, all, 'X')).rejects.toBeInstanceOf(RangeError);
    await expect(gallery.split(ada.id, [], 'X')).rejects.toBeInstanceOf(RangeError);
    const [graceFace] = await gallery.facesOf(grace.id);
    await expect(gallery.split(ada.id, [graceFace!.id], 'X')).rejects.toMatchObject({
      code: 'face_not_found',
    });
    await expect(gallery.split(ada.id, [all[0]!], 'Ada')).rejects.toBeInstanceOf(RangeError);
    expect(await gallery.findPerson('X')).toBeNull();
  });

  it('gives faces to somebody who is enrolled, and takes them back', async () => {
    const [face] = adaFaces;
    const before = await everybody();
    const into = await gallery.split(ada.id, [face!.id], ' Grace ');
    expect(into).toMatchObject({ id: grace.id, faces: grace.faces + 1 });
    expect((await gallery.facesOf(grace.id)).map(({ id }) => id)).toContain(face!.id);
    expect(await gallery.history({ limit: 1 })).toMatchObject([
      { kind: 'split', person: 'Ada', other: 'Grace' },
    ]);
    await gallery.addFace('Grace', newFace());
    await gallery.undo((await gallery.history({ limit: 2 }))[1]!.id);
    expect((await gallery.facesOf(ada.id)).map(({ id }) => id)).toContain(face!.id);
    expect((await gallery.findPerson('Grace'))!.faces).toBe(grace.faces + 1);
    expect(Object.keys(await everybody())).toEqual(Object.keys(before));
  });

  it('gives no face of a picture that the other person has too', async () => {
    const [face] = adaFaces;
    await gallery.addFace('Grace', { ...newFace(), contentHash: face!.contentHash });
    await expect(gallery.split(ada.id, [face!.id], 'Grace')).rejects.toMatchObject({
      code: 'already_enrolled',
    });
    expect((await gallery.facesOf(ada.id)).map(({ id }) => id)).toContain(face!.id);
  });

  it('cannot be undone when the new person has got more faces', async () => {
    await gallery.split(ada.id, [adaFaces[0]!.id], 'New');
    const [split] = await gallery.history({ limit: 1 });
    await gallery.addFace('New', newFace());
    await expect(gallery.undo(split!.id)).rejects.toMatchObject({ code: 'cannot_undo' });
    expect((await gallery.findPerson('New'))!.faces).toBe(2);
  });
});

describe('who is removed', () => {
  it('is found by nothing, and the name is free', async () => {
    await gallery.remove(ada.id);
    expect(await gallery.findPerson('Ada')).toBeNull();
    expect(await gallery.facesOf(ada.id)).toEqual([]);
    expect((await gallery.embeddings()).map(({ personId }) => personId)).toEqual([grace.id]);
    const { person } = await gallery.addFace('Ada', newFace());
    expect(person.id).not.toBe(ada.id);
  });

  it('is erased when the days of grace are over, with its events', async () => {
    await gallery.remove(ada.id);
    expect(await gallery.sweep()).toBe(0);
    await gallery.changeSettings({ graceDays: 0 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await gallery.sweep()).toBe(3);
    expect((await gallery.history()).map(({ person }) => person)).toEqual(['Grace']);
  });

  it('is erased when the collection keeps nobody so long', async () => {
    await gallery.changeSettings({ retentionDays: 1e-9 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await gallery.sweep()).toBe(4);
    expect(await gallery.people()).toEqual([]);
    expect(await gallery.receipts()).toMatchObject([{ people: 2, faces: 4 }]);
    expect(await gallery.sweep()).toBe(0);
    expect(await gallery.receipts()).toHaveLength(1);
  });

  it('can be counted before rules are changed, and nothing is erased by that', async () => {
    const nobody = { people: 0, removedPeople: 0, removedFaces: 0 };
    await gallery.remove(grace.id);
    await gallery.removeFace(adaFaces[0]!.id);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await gallery.expired()).toEqual(nobody);
    expect(await gallery.expired({ graceDays: 0 })).toEqual({ ...nobody, removedPeople: 1, removedFaces: 1 });
    const both = { graceDays: 0, retentionDays: 1e-9 };
    expect(await gallery.expired(both)).toEqual({ people: 1, removedPeople: 1, removedFaces: 1 });
    await gallery.changeSettings({ retentionDays: 1e-9 });
    expect(await gallery.expired({ retentionDays: null })).toEqual(nobody);
    await expect(gallery.expired({ graceDays: -1 })).rejects.toBeInstanceOf(RangeError);
    expect(await gallery.people()).toHaveLength(1);
    await gallery.changeSettings(both);
    await gallery.sweep();
    expect(await gallery.expired()).toEqual(nobody);
    expect(await gallery.people()).toEqual([]);
  });
});

describe('forgetting', () => {
  it('is told of whoever was erased, not of who is only removed, in the collection that is asked', async () => {
    await gallery.remove(grace.id);
    expect(await gallery.erasedOf([ada.id, grace.id, 'nobody'])).toEqual(['nobody']);
    await gallery.forget(['Ada']);
    await gallery.addFace('Ada', newFace());
    expect(await gallery.erasedOf([ada.id, grace.id])).toEqual([ada.id]);
    await gallery.forget(['Ada']);
    const [first, second] = await gallery.receipts();
    expect(await gallery.receipts({ limit: 1 })).toEqual([second]);
    expect(first!.at <= second!.at).toBe(true);
  });

  it('takes removed people, merged ones and every event with it, and nothing can be undone', async () => {
    await gallery.change(grace.id, { name: 'G' });
    await gallery.merge(grace.id, ada.id);
    await gallery.removeFace(adaFaces[0]!.id);
    const { faces, receipt } = await gallery.forget(['Ada']);
    expect(faces).toBe(4);
    expect(receipt).toMatchObject({ people: 2, faces: 4 });
    expect(await gallery.history()).toEqual([]);
    await expect(gallery.undo()).rejects.toMatchObject({ code: 'nothing_to_undo' });
    await expect(gallery.forget(['G'])).rejects.toMatchObject({ code: 'person_not_found' });
  });

  it('erases nobody when one of several is not there', async () => {
    await expect(gallery.forget(['Ada', 'Nobody'])).rejects.toMatchObject({ code: 'person_not_found' });
    expect(await gallery.findPerson('Ada')).not.toBeNull();
  });

  it('erases whoever was removed before', async () => {
    await gallery.remove(ada.id);
    expect((await gallery.forget(['Ada'])).faces).toBe(3);
  });
});

describe('the history', () => {
  it('tells what happened, newest first, of everybody or of one', async () => {
    await gallery.change(grace.id, { name: 'Hopper' });
    await gallery.merge(grace.id, ada.id);
    const events = await gallery.history();
    expect(events.map(({ kind }) => kind)).toEqual([
      'merge',
      'rename',
      'add_face',
      'add_face',
      'add_face',
      'add_face',
    ]);
    expect(events[0]).toMatchObject({ person: 'Ada', other: 'Hopper', faces: 1, undoneAt: null });
    expect(events[1]).toMatchObject({ names: { from: 'Grace', to: 'Hopper' } });
    expect((await gallery.history({ person: 'Hopper' })).map(({ kind }) => kind)).toEqual([
      'merge',
      'rename',
      'add_face',
    ]);
    expect(await gallery.history({ limit: 2 })).toHaveLength(2);
  });

  it('undoes an event once', async () => {
    await gallery.change(ada.id, { name: 'A' });
    const { id } = await gallery.undo();
    await expect(gallery.undo(id)).rejects.toMatchObject({ code: 'cannot_undo' });
    await expect(gallery.undo(9999)).rejects.toMatchObject({ code: 'nothing_to_undo' });
  });
});

describe('whoever keeps a copy of the embeddings', () => {
  it('is told who changed, as they are now, and who is gone', async () => {
    const cursor = await gallery.changeCursor();
    await gallery.removeFace(adaFaces[0]!.id);
    await gallery.forget(['Grace']);
    await gallery.addFace('New', newFace());
    const changes = (await gallery.changesSince(cursor))!;
    const states = new Map(
      changes.people.map(({ person, embeddings }) => [person?.name ?? null, embeddings]),
    );
    expect([...states.keys()].sort()).toEqual(['Ada', 'New', null].sort());
    expect(states.get('Ada')).toHaveLength(2);
    expect(states.get(null)).toEqual([]);
    expect((await gallery.changesSince(changes.cursor))!.people).toEqual([]);
  });

  it('is told when that is too long ago', async () => {
    expect(await gallery.changesSince(-5)).toBeNull();
    expect(await gallery.changesSince(1e9)).toBeNull();
  });
});

describe('a name that turns the order of letters round', () => {
  const turned = 'x\u202Eevil';

  it('is given to nobody', async () => {
    await expect(gallery.addFace(turned, newFace())).rejects.toBeInstanceOf(RangeError);
    await expect(gallery.change(ada.id, { name: turned })).rejects.toBeInstanceOf(RangeError);
    await expect(gallery.split(ada.id, [adaFaces[0]!.id], turned)).rejects.toBeInstanceOf(RangeError);
    expect(Object.keys(await everybody())).toEqual(['Ada', 'Grace']);
  });

  it('is found, enrolled for, changed and forgotten where somebody has it from before', async () => {
    const before = { id: 'from-before', externalId: null, metadata: {}, createdAt: ada.createdAt, faces: [] };
    await gallery.importPeople([
      { ...before, name: turned },
      { ...before, id: 'another', name: `${turned}!` },
    ]);
    expect(await gallery.findPerson(turned)).toMatchObject({ id: 'from-before' });
    expect((await gallery.addFace(turned, newFace())).person.faces).toBe(1);
    expect((await gallery.addFace({ id: 'another' }, newFace())).person.faces).toBe(1);
    await gallery.change('another', { name: 'Another' });
    expect((await gallery.forget([turned])).receipt.people).toBe(1);
    expect(Object.keys(await everybody())).toEqual(['Ada', 'Another', 'Grace']);
  });
});

describe('a face for somebody by id', () => {
  it('goes to the person, whatever the name, and to nobody who is gone', async () => {
    await gallery.change(ada.id, { name: 'Augusta' });
    const face = newFace();
    expect((await gallery.addFace({ id: ada.id }, face)).person).toMatchObject({ id: ada.id, faces: 4 });
    expect(await gallery.hasPicture({ id: ada.id }, face.contentHash)).toBe(true);
    await gallery.remove(ada.id);
    await expect(gallery.addFace({ id: ada.id }, newFace())).rejects.toMatchObject({
      code: 'person_not_found',
    });
    await expect(gallery.hasPicture({ id: ada.id }, face.contentHash)).rejects.toMatchObject({
      code: 'person_not_found',
    });
  });
});
