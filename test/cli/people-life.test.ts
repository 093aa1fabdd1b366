import { randomBytes } from 'node:crypto';
import { cp, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, makeFolder, photos, runCli } from './cli-process.ts';

let folder: string;
const acquaint = (...args: readonly string[]): Promise<CliResult> => runCli(folder, ...args);
const fixtures = resolve('test/portable/fixtures');

async function json<T>(...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await acquaint(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
}

interface People {
  readonly people: readonly { readonly id: string; readonly name: string; readonly faces: number }[];
}

const names = async (...args: readonly string[]): Promise<readonly string[]> =>
  (await json<People>('people', ...args)).people.map(({ name }) => name);

beforeAll(async () => {
  folder = await makeFolder();
  await acquaint('enroll', '--name', 'Nicolas Cage', photos.cage, photos.otherCage, '-q');
  await acquaint('enroll', '--name', 'Justin Bieber', photos.bieber, '-q');
  await cp(join(folder, 'acquaint.db'), join(folder, 'two.db'));
});

describe('the life of a person', () => {
  it('is changed by commands that say what they did, and undone', async () => {
    expect((await acquaint('rename', 'Nicolas Cage', 'Nicolas Coppola')).stdout).toBe(
      'Renamed to Nicolas Coppola.\n',
    );
    expect((await acquaint('merge', 'Justin Bieber', 'Nicolas Coppola')).stdout).toBe(
      'Merged into Nicolas Coppola: 3 faces.\n',
    );
    const { faces } = await json<{ faces: { id: string; file: string }[] }>('people', 'Nicolas Coppola');
    const bieber = faces.find(({ file }) => file.includes('bieber'))!;
    expect((await acquaint('split', 'Nicolas Coppola', 'Justin', bieber.id.slice(0, 8))).stdout).toBe(
      'Justin has 1 face now.\n',
    );
    expect((await acquaint('remove', 'Justin')).stdout).toContain('Removed Justin: 1 face.');
    expect(await names()).toEqual(['Nicolas Coppola']);
    const history = await acquaint('history', '--limit', '4');
    expect(history.stdout).toMatch(/Justin removed: 1 face/);
    expect(history.stdout).toMatch(/1 face of Nicolas Coppola given to Justin/);
    expect(history.stdout).toMatch(/Nicolas Cage renamed to Nicolas Coppola/);
    for (let i = 0; i < 4; i++) expect((await acquaint('undo')).code).toBe(0);
    expect(await names()).toEqual(['Justin Bieber', 'Nicolas Cage']);
  });

  it('takes a face out and back by the number of its event', async () => {
    const { faces } = await json<{ faces: { id: string }[] }>('people', 'Nicolas Cage');
    const person = await json<{ faces: number }>('remove', '--face', faces[0]!.id);
    expect(person.faces).toBe(1);
    const { events } = await json<{ events: { id: number; kind: string }[] }>('history');
    expect(events[0]!.kind).toBe('remove_face');
    expect(await json('undo', String(events[0]!.id))).toMatchObject({ kind: 'remove_face' });
    const again = await acquaint('undo', String(events[0]!.id));
    expect([again.code, again.stderr]).toEqual([3, expect.stringContaining('was undone before')]);
  });

  it('keeps facts, and recognises among those who have them', async () => {
    await json('edit', 'Nicolas Cage', '--metadata', '{"team":"red","level":3}', '--external-id', 'NC');
    const who = async (...where: readonly string[]) =>
      (
        await json<{ faces: { person: { name: string } | null }[] }>(
          'recognize',
          photos.otherCage,
          '--where',
          ...where,
        )
      ).faces[0]!.person?.name ?? null;
    expect(await who('team=red', 'level=3')).toBe('Nicolas Cage');
    expect(await who('team=blue')).toBeNull();
    const bad = await acquaint('edit', 'Nicolas Cage', '--metadata', '[1]');
    expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('Expected a JSON object')]);
    await acquaint('undo');
  });

  it('is not begun by a photo of somebody else', async () => {
    const { code, stderr } = await acquaint('enroll', '--name', 'Other', photos.otherCage, '-q');
    expect(code).toBe(1);
    expect(stderr).toContain('looks like Nicolas Cage');
    expect(await names()).not.toContain('Other');
    const allowed = await acquaint('enroll', '--name', 'Other', photos.otherCage, '-q', '--allow-lookalikes');
    expect(allowed.code).toBe(0);
    const check = await acquaint('doctor', 'gallery', '-q');
    expect(check.stdout).toMatch(/1 may be one person/);
    expect(check.stdout).toMatch(/Nicolas Cage and Other|Other and Nicolas Cage/);
    await acquaint('undo');
  });

  it('ends when several are forgotten at once, with a receipt that names nobody', async () => {
    const path = ['-g', 'two.db'];
    const nobody = await acquaint('forget', 'Nicolas Cage', 'Nobody', '--yes', ...path);
    expect(nobody.code).toBe(3);
    expect(await names(...path)).toHaveLength(2);
    const erased = await json<{ receipt: object }>(
      'forget',
      'Nicolas Cage',
      'Justin Bieber',
      '--yes',
      ...path,
    );
    expect(erased).toMatchObject({ faces: 3, erased: true, wiped: true, receipt: { people: 2, faces: 3 } });
    expect(JSON.stringify(erased.receipt)).not.toMatch(/Cage|Bieber/);
    expect((await readFile(join(folder, 'two.db'))).includes('Nicolas Cage')).toBe(false);
  });
});

describe('collections', () => {
  it('are made by enrolling, have rules of their own and are dropped with everybody in them', async () => {
    await acquaint('enroll', '--name', 'Guest', photos.audrey, '--collection', 'guests', '-q');
    expect(await names('--collection', 'guests')).toEqual(['Guest']);
    expect(await names()).not.toContain('Guest');
    const rules = ['--retention', '90', '--grace', '7', '--set-threshold', '0.01'];
    await acquaint('collections', '--collection', 'guests', ...rules);
    const found = await json<{ faces: { threshold: number }[] }>(
      'recognize',
      photos.audrey,
      '--collection',
      'guests',
    );
    expect(found.faces[0]!.threshold).toBe(0.01);
    const { stdout } = await acquaint('collections');
    expect(stdout).toMatch(/default .*30 days +until forgotten/);
    expect(stdout).toMatch(/guests .*up to 0\.01 +7 days +90 days/);

    const hasty = ['collections', '--collection', 'guests', '--retention', '0.000001'];
    const { code, stderr } = await acquaint(...hasty);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('Expected --yes for these days: 1 enrolled person'),
    ]);
    expect(await names('--collection', 'guests')).toEqual(['Guest']);
    await acquaint('remove', 'Guest', '--collection', 'guests');
    const graceless = await acquaint('collections', '--collection', 'guests', '--grace', '0');
    expect([graceless.code, graceless.stderr]).toEqual([
      2,
      expect.stringContaining('1 removed or merged person would be'),
    ]);
    await acquaint('undo', '--collection', 'guests');
    await acquaint('collections', '--collection', 'guests', '--grace', '0');
    const removed = await acquaint('remove', 'Guest', '--collection', 'guests');
    expect(removed.stdout).toContain('no days of grace: it is erased for good with the next command');
    expect(removed.stdout).not.toContain('undo');
    await acquaint('collections', '--collection', 'guests', '--grace', '7');
    await acquaint('enroll', '--name', 'Guest', photos.audrey, '--collection', 'guests', '-q');
    const endless = await acquaint('collections', '--grace', '1e300', '--yes');
    expect([endless.code, endless.stderr]).toEqual([
      2,
      expect.stringContaining('from 0 to 36500 days of grace'),
    ]);
    expect((await acquaint(...hasty, '--yes')).code).toBe(0);
    expect(await names('--collection', 'guests')).toEqual([]);
    await acquaint('collections', '--collection', 'guests', '--no-retention');
    await acquaint('enroll', '--name', 'Guest', photos.audrey, '--collection', 'guests', '-q');

    expect((await acquaint('collections', '--drop', 'guests')).code).toBe(2);
    expect(await json('collections', '--drop', 'guests', '--yes')).toMatchObject({
      dropped: 'guests',
      faces: 1,
    });
    const gone = await acquaint('people', '--collection', 'guests');
    expect([gone.code, gone.stderr]).toEqual([3, expect.stringContaining('no collection of that name')]);
  });
});

describe('a sealed gallery', () => {
  it('wants its key from every command, and the right one', async () => {
    await writeFile(join(folder, 'people.key'), randomBytes(32));
    await writeFile(join(folder, 'wrong.key'), randomBytes(32));
    await cp(join(folder, 'acquaint.db'), join(folder, 'sealed.db'));
    const sealed = ['-g', 'sealed.db'];
    expect((await acquaint('seal', '--new-key-file', 'people.key', ...sealed)).stdout).toContain('is sealed');
    const bytes = await readFile(join(folder, 'sealed.db'));
    expect(bytes.includes('Nicolas Cage')).toBe(false);
    expect((await readFile(join(folder, 'acquaint.db'))).includes('Nicolas Cage')).toBe(true);
    expect((await acquaint('people', ...sealed)).stderr).toContain('which is sealed');
    const wrong = await acquaint('people', ...sealed, '--key-file', 'wrong.key');
    expect([wrong.code, wrong.stderr]).toEqual([3, expect.stringContaining('received another key file')]);
    expect((await acquaint('people', ...sealed, '--key-file', 'none.key')).code).toBe(2);
    const found = await json<{ faces: { person: { name: string } }[] }>(
      'recognize',
      photos.otherCage,
      ...sealed,
      '--key-file',
      'people.key',
    );
    expect(found.faces[0]!.person.name).toBe('Nicolas Cage');
    const both = ['--off', '--new-key-file', 'people.key'];
    expect((await acquaint('seal', ...both, ...sealed, '--key-file', 'people.key')).code).toBe(2);
    await acquaint('seal', '--off', ...sealed, '--key-file', 'people.key');
    expect(await names(...sealed)).toContain('Nicolas Cage');
  });
});

describe('export and import', () => {
  it('move people into another gallery, one of them or all', async () => {
    await acquaint('export', 'one.acquaint', '--person', 'Nicolas Cage', '-q');
    const { mode } = await stat(join(folder, 'one.acquaint'));
    if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o600);
    const nothing = await acquaint('import', '.', '-g', 'nothing.db');
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('acquaint enroll')]);
    expect(await json('import', 'one.acquaint', '-g', 'moved.db', '-q')).toEqual({
      people: 1,
      faces: 2,
      known: 0,
    });
    await acquaint('export', 'all.acquaint.gz', '-q');
    expect(await json('import', 'all.acquaint.gz', '-g', 'moved.db', '-q')).toEqual({
      people: 1,
      faces: 1,
      known: 2,
    });
    expect(await names('-g', 'moved.db')).toEqual(['Justin Bieber', 'Nicolas Cage']);
  });

  it('refuse what was cut short or changed, and leave the gallery as it was', async () => {
    const whole = await readFile(join(folder, 'one.acquaint'), 'utf8');
    await writeFile(join(folder, 'cut.acquaint'), whole.slice(0, -200));
    await writeFile(join(folder, 'changed.acquaint'), whole.replace('Nicolas Cage', 'Nicolas Rage'));
    for (const file of ['cut.acquaint', 'changed.acquaint', 'none.acquaint']) {
      const { code, stderr } = await acquaint('import', file, '-g', 'untouched.db');
      expect([code, stderr.includes(file)]).toEqual([3, true]);
    }
    await expect(stat(join(folder, 'untouched.db'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('take embeddings.npy with labels.pickle, and never run a pickle', async () => {
    const [arrays, labels] = ['embeddings.npy', 'labels.pickle'].map((file) => join(fixtures, file));
    const counts = await json<{ people: number; faces: number }>(
      'import',
      arrays!,
      labels!,
      '-g',
      'tutorial.db',
      '-q',
    );
    expect(counts.faces).toBeGreaterThan(0);
    expect((await names('-g', 'tutorial.db')).length).toBe(counts.people);
    const beside = await json('import', arrays!, labels!, '--collection', 'tutorial', '-q');
    expect(beside).toEqual(counts);
    const mixed = await acquaint('import', arrays!, labels!, '-q');
    expect([mixed.code, mixed.stderr]).toEqual([3, expect.stringContaining('cannot be compared')]);
    const attack = await acquaint('import', arrays!, join(fixtures, 'attack-p0.pickle'), '-g', 'attacked.db');
    expect([attack.code, attack.stderr]).toEqual([3, expect.stringContaining('nothing was run')]);
    await expect(stat(join(folder, 'attacked.db'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('enrol the folder of face_recognition', async () => {
    const known = await makeFolder();
    await cp(photos.cage, join(known, 'Nicolas Cage.jpg'));
    await cp(photos.audrey, join(known, 'Audrey Hepburn.jpg'));
    const { code } = await acquaint('import', known, '-g', 'known.db', '-q');
    expect(code).toBe(0);
    expect(await names('-g', 'known.db')).toEqual(['Audrey Hepburn', 'Nicolas Cage']);
  });
});
