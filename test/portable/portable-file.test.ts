import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSqliteGallery } from '../../src/gallery/sqlite-gallery.ts';
import type { PortableFace, PortableRecord } from '../../src/portable/portable-format.ts';
import { checkPortableFile, readPortableFile } from '../../src/portable/read-portable-file.ts';
import { replaceFile } from '../../src/portable/replace-file.ts';
import { portableLines, writePortableFile } from '../../src/portable/write-portable-file.ts';
import type { JsonValue } from '../../src/ports/gallery.ts';
import { LENGTH, newFace, RECIPE } from '../gallery/gallery-contract.ts';
import {
  collect,
  faceOf,
  header,
  MOMENT,
  newFile,
  newFolder,
  personOf,
  plain,
  recordsIn,
  sampleRecords,
} from './sample-collection.ts';

const version1 = fileURLToPath(new URL('fixtures/collection-v1.acquaint', import.meta.url));

async function linesOf(records: readonly PortableRecord[] = sampleRecords): Promise<string[]> {
  return [...(await collect(portableLines(header, records)))];
}

/** The lines with an end that fits them, whatever they say. */
function sealed(lines: readonly string[], people: number, faces: number): string {
  const text = lines.join('');
  const sha256 = createHash('sha256').update(text).digest('hex');
  return `${text}${JSON.stringify({ end: { people, faces, sha256 } })}\n`;
}

describe('a portable file', () => {
  it.each(['people.acquaint', 'people.acquaint.gz', 'people.GZ'])(
    '%s gives back what was written',
    async (name) => {
      const path = join(await newFolder(), name);
      const written = await writePortableFile(path, header, sampleRecords);
      expect(plain(await recordsIn(path))).toEqual(plain(sampleRecords));
      expect(await checkPortableFile(path)).toEqual(written);
      expect(written).toMatchObject({
        header,
        people: 2,
        faces: 3,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
    },
  );

  it('of version 1 stays readable', async () => {
    expect(await checkPortableFile(version1)).toMatchObject({ header, people: 2, faces: 3 });
    expect(plain(await recordsIn(version1))).toEqual(plain(sampleRecords));
    expect(await readFile(version1, 'utf8')).toBe((await linesOf()).join(''));
  });

  it('is as long and as right with nobody in it', async () => {
    const path = join(await newFolder(), 'nobody.acquaint');
    await writePortableFile(path, { ...header, collection: 'Ärzte' }, []);
    expect(await readFile(path, 'utf8')).toMatch(
      /^\{"format":"acquaint-gallery","version":1,.*\}\n\{"end":.*\}\n$/,
    );
    expect(await checkPortableFile(path)).toMatchObject({
      header: { collection: 'Ärzte' },
      people: 0,
      faces: 0,
    });
  });

  it('tells compressed content by itself, not by the name', async () => {
    const path = await newFile('people.json', gzipSync((await linesOf()).join('')));
    expect(await recordsIn(path)).toHaveLength(5);
  });

  it('keeps every number of an embedding and every byte of a chip, in lines longer than what is read at once', async () => {
    const path = join(await newFolder(), 'large.acquaint');
    const embedding = Float32Array.from({ length: 512 }, (_, i) => Math.sin(i) * 10 ** ((i % 60) - 30));
    const chip = Uint8Array.from({ length: 700_000 }, (_, i) =>
      i < 3 ? [0xff, 0xd8, 0xff][i]! : (i * i) % 251,
    );
    const records = [
      personOf('p'),
      faceOf('f', 'p', { embedding, chip }),
      faceOf('g', 'p', { embedding, chip }),
    ];
    await writePortableFile(path, { ...header, embeddingLength: 512 }, records);
    const [, face] = await recordsIn(path);
    expect(plain([face!])).toEqual(plain([records[1]!]));
  });

  it('takes an embedding and a chip that lie in the middle of larger buffers', async () => {
    const path = join(await newFolder(), 'views.acquaint');
    const numbers = Float32Array.of(9, 1, 2, 3, 4, 9);
    const bytes = Uint8Array.of(9, 0xff, 0xd8, 0xff, 9);
    const face = faceOf('f', 'p', { embedding: numbers.subarray(1, 5), chip: bytes.subarray(1, 4) });
    await writePortableFile(path, header, [personOf('p'), face]);
    const [, read] = await recordsIn(path);
    expect(plain([read!])).toMatchObject([{ face: { embedding: [1, 2, 3, 4], chip: [0xff, 0xd8, 0xff] } }]);
  });

  it('holds names as a gallery keeps them', async () => {
    const path = join(await newFolder(), 'names.acquaint');
    await writePortableFile(path, header, [personOf('p', { name: ' A\u030asa ' })]);
    expect(await recordsIn(path)).toMatchObject([{ person: { name: 'Åsa' } }]);
  });

  it("takes a gallery's people and faces as they are", async () => {
    const kind = { recipe: RECIPE, embeddingLength: LENGTH };
    const gallery = await openSqliteGallery(join(await newFolder(), 'people.db'), { kind, create: true });
    onTestFinished(() => gallery.close());
    const chip = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
    for (const name of ['Ada', 'Grace', 'Ada']) await gallery.addFace(name, newFace({ chip }));
    await gallery.addFace('Ada', newFace({ chip: null, fileName: null }));
    const records = async function* (): AsyncGenerator<PortableRecord> {
      for (const { externalId: _none, ...person } of await gallery.people()) {
        yield { person };
        for (const face of await gallery.facesOf(person.id)) yield { face };
      }
    };
    const path = join(await newFolder(), 'people.acquaint');
    const summary = await writePortableFile(path, { ...kind, createdAt: MOMENT }, records());
    expect(summary).toMatchObject({ people: 2, faces: 4 });
    const kept = await gallery.facesOf((await gallery.findPerson('Grace'))!.id);
    expect(plain((await recordsIn(path)).slice(-1))).toEqual(plain([{ face: kept[0]! }]));
  });

  const names = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .filter((name) => name.trim() !== '' && !/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u.test(name));
  const json = fc
    .jsonValue({ maxDepth: 4, noUnicodeString: false } as fc.JsonSharedConstraints)
    .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0 || 0);
  const size = fc.double({ min: 0, max: 1e9, noNaN: true });
  const moments = fc
    .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const faces = fc.record({
    createdAt: moments,
    fileName: fc.option(
      fc.string({ unit: 'binary', minLength: 3, maxLength: 30 }).filter((name) => !/[/\0]/.test(name)),
    ),
    box: fc.option(
      fc.tuple(size, size, size, size).map(([left, top, width, height]) => ({
        left,
        top,
        right: left + width,
        bottom: top + height,
      })),
    ),
    quality: fc.option(
      fc.record(
        {
          sizePx: finite,
          sharpness: finite,
          brightness: finite,
          yaw: finite,
          // Of a face that the edge of its picture cuts off.
          eyeLight: fc.option(finite),
          mouthLines: fc.option(finite),
          viewSpread: fc.option(finite),
        },
        { requiredKeys: ['sizePx', 'sharpness', 'brightness'] },
      ),
    ),
    embedding: fc.float32Array({ minLength: 4, maxLength: 4, noNaN: true, noDefaultInfinity: true }),
    chip: fc.option(
      fc.uint8Array({ maxLength: 50 }).map((bytes) => Uint8Array.of(0xff, 0xd8, 0xff, ...bytes)),
    ),
  });
  const people = fc.record(
    {
      name: names,
      externalId: names,
      metadata: fc.dictionary(
        fc.string({ maxLength: 10 }).filter((key) => key !== '__proto__'),
        json,
        { noNullPrototype: true },
      ),
      faces: fc.array(faces, { maxLength: 4 }),
    },
    { requiredKeys: ['name', 'faces'] },
  );
  const collections = fc
    .uniqueArray(people, { maxLength: 8, selector: ({ name }) => name.normalize('NFC').trim() })
    .map((list) =>
      list.flatMap(({ faces: theirs, name, ...rest }, p): PortableRecord[] => [
        personOf(`p${p}`, { ...rest, name: name.normalize('NFC').trim() }),
        ...theirs.map((face, f) => faceOf(`p${p}f${f}`, `p${p}`, face as Partial<PortableFace>)),
      ]),
    )
    .filter((records) => !JSON.stringify(records).includes('__proto__'));

  it('gives back any collection, compressed or not', async () => {
    const folder = await newFolder();
    await fc.assert(
      fc.asyncProperty(collections, fc.boolean(), async (records, compress) => {
        const path = join(folder, compress ? 'any.gz' : 'any');
        const written = await writePortableFile(path, header, records);
        expect(plain(await recordsIn(path))).toEqual(plain(records));
        expect(await checkPortableFile(path)).toEqual(written);
      }),
      { numRuns: 100 },
    );
  });

  it('is refused when any one byte of it is another', async () => {
    const text = Buffer.from((await linesOf()).join(''));
    const path = await newFile('changed.acquaint', text);
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Buffer.from(text);
        changed[at] = changed[at]! ^ change;
        await writeFile(path, changed);
        await expect(checkPortableFile(path)).rejects.toMatchObject({ code: 'bad_import' });
      }),
      { numRuns: 300 },
    );
  });

  it.each([false, true])('is refused when it is cut short anywhere (compressed: %s)', async (compress) => {
    const text = Buffer.from((await linesOf()).join(''));
    const whole = compress ? gzipSync(text) : text;
    const path = await newFile('cut.acquaint', '');
    for (let length = 0; length < whole.length; length += compress ? 1 : 7) {
      await writeFile(path, whole.subarray(0, length));
      await expect(checkPortableFile(path)).rejects.toMatchObject({ code: 'bad_import' });
    }
  });
});

describe('writing a portable file', () => {
  it('is for the owner only, also where a file with another mode was', async () => {
    const path = await newFile('people.acquaint', 'old');
    expect((await stat(path)).mode & 0o077).not.toBe(0);
    await writePortableFile(path, header, sampleRecords);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('leaves the file that was there, and nothing beside it, when the records fail, are wrong or are interrupted', async () => {
    const folder = await newFolder();
    for (const path of [join(folder, 'people.acquaint'), join(folder, 'people.acquaint.gz')]) {
      await writeFile(path, 'old');
      const failure = new Error('from the gallery');
      const failing = async function* () {
        yield* sampleRecords;
        throw failure;
      };
      await expect(writePortableFile(path, header, failing())).rejects.toBe(failure);
      await expect(writePortableFile(path, header, [faceOf('f', 'nobody')])).rejects.toThrow(RangeError);
      const signal = AbortSignal.abort();
      const aborted = writePortableFile(path, header, sampleRecords, { signal });
      await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
      expect(await readFile(path, 'utf8')).toBe('old');
    }
    expect(await readdir(folder)).toEqual(['people.acquaint', 'people.acquaint.gz']);
  });

  it('ends the records when it cannot go on', async () => {
    let ended = false;
    const records = function* () {
      try {
        yield personOf('p');
        yield personOf('p');
      } finally {
        ended = true;
      }
    };
    await expect(writePortableFile(join(await newFolder(), 'a'), header, records())).rejects.toThrow(
      RangeError,
    );
    expect(ended).toBe(true);
  });

  it('writes through a link, and leaves it one', async () => {
    const folder = await newFolder();
    await writeFile(join(folder, 'real'), 'old');
    await symlink(join(folder, 'real'), join(folder, 'link'));
    await writePortableFile(join(folder, 'link'), header, sampleRecords);
    expect(await recordsIn(join(folder, 'real'))).toHaveLength(5);
    expect(await readdir(folder)).toEqual(['link', 'real']);
  });

  it.each([
    ['a folder that does not exist', 'nowhere/people.acquaint', 'its folder does not exist'],
    ['a folder', 'folder', 'a folder or device of that name'],
  ])('says what is wrong with %s', async (_, name, says) => {
    const folder = await newFolder();
    await mkdir(join(folder, 'folder'));
    const written = writePortableFile(join(folder, name), header, sampleRecords);
    await expect(written).rejects.toMatchObject({
      code: 'output_failed',
      message: expect.stringContaining(says),
    });
    expect(await readdir(folder)).toEqual(['folder']);
  });

  it('does not put a file in the place of a device', async () => {
    const written = writePortableFile('/dev/null', header, sampleRecords);
    await expect(written).rejects.toMatchObject({ code: 'output_failed' });
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
  });

  it('keeps the old file when the disk fails in the middle', async () => {
    const path = await newFile('people.acquaint', 'old');
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
    const written = replaceFile(path, async (file) => {
      await file.write('new');
      throw full;
    });
    await expect(written).rejects.toBe(full);
    expect(await readFile(path, 'utf8')).toBe('old');
  });

  it.each<[string, readonly PortableRecord[]]>([
    ['a name of control characters', [personOf('p', { name: 'a\u0000b' })]],
    ['a person twice', [personOf('p'), personOf('p', { name: 'Other' })]],
    ['a name twice', [personOf('p', { name: 'Åsa' }), personOf('q', { name: 'A\u030asa' })]],
    ['a face twice', [personOf('p'), faceOf('f', 'p'), faceOf('f', 'p')]],
    ['an embedding of another length', [personOf('p'), faceOf('f', 'p', { embedding: new Float32Array(3) })]],
    [
      'a number that is none',
      [personOf('p'), faceOf('f', 'p', { embedding: new Float32Array(4).fill(Number.NaN) })],
    ],
    ['a path for a file name', [personOf('p'), faceOf('f', 'p', { fileName: '../x.jpg' })]],
    ['a function in the metadata', [personOf('p', { metadata: { f: (() => 1) as unknown as JsonValue } })]],
    [
      'a chip that is too large',
      [personOf('p'), faceOf('f', 'p', { chip: new Uint8Array(2 ** 21 + 1).fill(0xff) })],
    ],
  ])('refuses %s as the mistake of the caller', async (_, records) => {
    await expect(collect(portableLines(header, records))).rejects.toThrow(/^Expected .* but received /);
    await expect(collect(portableLines(header, records))).rejects.toBeInstanceOf(RangeError);
  });

  it('refuses a header that no reader would take', async () => {
    const wrong = { ...header, recipe: 'no such thing!' };
    await expect(writePortableFile('/nowhere/x', wrong, [])).rejects.toThrow(RangeError);
  });

  it('compresses what ends in .gz', async () => {
    const path = join(await newFolder(), 'people.acquaint.gz');
    await writePortableFile(path, header, sampleRecords);
    expect(gunzipSync(await readFile(path)).toString()).toBe((await linesOf()).join(''));
  });
});

describe('reading a portable file', () => {
  const person = { id: 'p', name: 'SECRET', createdAt: MOMENT, updatedAt: MOMENT };
  const face = {
    id: 'f',
    personId: 'p',
    createdAt: MOMENT,
    contentHash: 'a'.repeat(64),
    fileName: 'SECRET.jpg',
    box: { left: 1, top: 2, right: 3, bottom: 4 },
    quality: { sizePx: 1, sharpness: 2, brightness: 3 },
    embedding: Buffer.alloc(16, 1).toString('base64'),
    chip: '/9j/',
  };
  const text = (value: unknown): string => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`;
  const first = text({ format: 'acquaint-gallery', version: 1, ...header });
  const check = async (content: string | Uint8Array): Promise<unknown> =>
    checkPortableFile(await newFile('x.acquaint', content));

  it('takes the smallest records', async () => {
    const lines = [first, text({ person }), text({ face })];
    await expect(check(sealed(lines, 1, 1))).resolves.toMatchObject({ people: 1, faces: 1 });
  });

  it.each<[string, object, string]>([
    ['no id', { id: undefined }, 'the field id in person'],
    ['an id of other characters', { id: 'a/b' }, 'person.id'],
    ['a number for a name', { name: 5 }, 'person.name but received a number'],
    ['an empty name', { name: '  ' }, 'person.name'],
    ['a name with a line break', { name: 'SECRET\nx' }, 'person.name'],
    ['a name too long', { name: 'SECRET'.repeat(40) }, 'person.name'],
    ['half a character in a name', { name: 'SECRET\ud800' }, 'person.name'],
    ['a number for an external id', { externalId: 7 }, 'person.externalId'],
    ['an empty external id', { externalId: '' }, 'person.externalId'],
    ['a list for metadata', { metadata: [] }, 'person.metadata but received a list of 0'],
    [
      'metadata that are too long',
      { metadata: { a: 'x'.repeat(70_000) } },
      'person.metadata but received more',
    ],
    ['metadata that are too deep', { metadata: { a: [[[[[[[[[]]]]]]]]] } }, '8 levels in person.metadata'],
    ['a day without a time', { createdAt: '2026-01-31' }, 'person.createdAt'],
    ['a day that is none', { updatedAt: '2026-02-30T12:00:00.000Z' }, 'person.updatedAt'],
    [
      'a field of its own',
      { SECRET: 1 },
      'no other fields than id, name, createdAt, updatedAt, externalId, metadata',
    ],
  ])('refuses a person with %s', async (_, changes, says) => {
    const lines = [first, text({ person: { ...person, ...changes } })];
    await expect(check(sealed(lines, 1, 0))).rejects.toMatchObject({
      code: 'bad_import',
      message: expect.stringMatching(/^Expected .* in line 2 of .*x\.acquaint but received (?!.*SECRET)/),
    });
    await expect(check(sealed(lines, 1, 0))).rejects.toThrow(says.replace(/ but .*/, ''));
  });

  it.each<[string, object, string]>([
    ['no chip', { chip: undefined }, 'the field chip in face'],
    ['a person nobody has named', { personId: 'q' }, 'a person of an earlier line for face.personId'],
    ['a hash of upper case', { contentHash: 'A'.repeat(64) }, 'face.contentHash'],
    ['a path', { fileName: '/etc/passwd' }, 'face.fileName'],
    ['dots for a file name', { fileName: '..' }, 'face.fileName'],
    ['an empty file name', { fileName: '' }, 'face.fileName'],
    ['a box without an edge', { box: { left: 1, top: 2, right: 3 } }, 'the field bottom in face.box'],
    ['a box of texts', { box: { ...face.box, left: '1' } }, 'face.box.left'],
    ['a box turned over', { box: { ...face.box, left: 9 } }, 'left <= right'],
    ['no sharpness', { quality: { sizePx: 1, brightness: 1 } }, 'the field sharpness in face.quality'],
    ['null for a size', { quality: { ...face.quality, sizePx: null } }, 'face.quality.sizePx'],
    ['an unknown measure', { quality: { ...face.quality, beauty: 1 } }, 'no other fields'],
    [
      'a short embedding',
      { embedding: Buffer.alloc(12).toString('base64') },
      '4 numbers of 4 bytes for face.embedding',
    ],
    [
      'a long embedding',
      { embedding: Buffer.alloc(20).toString('base64') },
      '4 numbers of 4 bytes for face.embedding',
    ],
    ['an endless embedding', { embedding: 'A'.repeat(200_000) }, 'face.embedding'],
    ['an embedding in figures', { embedding: [1, 2, 3, 4] }, 'base64 for face.embedding'],
    ['base64 with spaces', { embedding: ` ${face.embedding}` }, 'base64 for face.embedding'],
    ['base64 for addresses', { chip: '_9j_' }, 'base64 for face.chip'],
    ['NaN', { embedding: Buffer.alloc(16, 0xff).toString('base64') }, 'finite numbers for face.embedding'],
    [
      'infinity',
      { embedding: Buffer.from('0000807f'.repeat(4), 'hex').toString('base64') },
      'finite numbers',
    ],
    [
      'a chip that is no JPEG',
      { chip: Buffer.from('<svg/>').toString('base64') },
      'a JPEG file for face.chip',
    ],
    ['an empty chip', { chip: '' }, 'a JPEG file for face.chip'],
  ])('refuses a face with %s', async (_, changes, says) => {
    const lines = [first, text({ person }), text({ face: { ...face, ...changes } })];
    await expect(check(sealed(lines, 1, 1))).rejects.toMatchObject({
      code: 'bad_import',
      message: expect.stringMatching(/^Expected .* in line 3 of .*x\.acquaint but received (?!.*SECRET)/),
    });
    await expect(check(sealed(lines, 1, 1))).rejects.toThrow(says);
  });

  it.each<[string, string, string]>([
    ['another format', text({ ...header, format: 'other' }), 'acquaint-gallery'],
    [
      'a newer version',
      text({ format: 'acquaint-gallery', version: 2, more: [] }),
      'received version 2; update acquaint',
    ],
    ['a version in words', text({ format: 'acquaint-gallery', version: '1' }), 'version 1 of the format'],
    [
      'no recipe',
      text({ format: 'acquaint-gallery', version: 1, embeddingLength: 4, createdAt: MOMENT }),
      'recipe',
    ],
    [
      'no numbers at all',
      text({ format: 'acquaint-gallery', version: 1, ...header, embeddingLength: 0 }),
      'embeddingLength',
    ],
    [
      'endless embeddings',
      text({ format: 'acquaint-gallery', version: 1, ...header, embeddingLength: 1e9 }),
      'embeddingLength',
    ],
    [
      'a field of its own',
      text({ format: 'acquaint-gallery', version: 1, ...header, more: 1 }),
      'no other fields',
    ],
    ['null', 'null\n', 'header'],
    ['a mark in front', `\ufeff${first}`, 'a header of a portable file'],
    ['no header', text({ person }), 'header'],
    ['SQLite', 'SQLite format 3\0\n', 'a header of a portable file'],
  ])('refuses a file that begins with %s', async (_, content, says) => {
    await expect(check(sealed([content], 0, 0))).rejects.toMatchObject({
      code: 'bad_import',
      message: expect.stringContaining(says),
    });
    await expect(check(sealed([content], 0, 0))).rejects.toThrow('line 1 of ');
  });

  it.each<[string, string, string]>([
    ['no JSON', '{"person":\n', 'a line of JSON in line 3'],
    ['an empty line', '\n', 'a line of JSON in line 3'],
    ['bytes that are no text', 'latin1:{"person":"\xff"}\n', 'a line of JSON in line 3'],
    ['a list', '[]\n', 'an object for the line in line 3'],
    ['nothing that is known', '{"more":1}\n', 'no other fields than person, face, end'],
    ['an empty object', '{}\n', 'one of person, face and end'],
    ['two things', `${JSON.stringify({ person, face })}\n`, 'one of person, face and end'],
    ['a person twice', text({ person }), 'person.id in line 3'],
    ['the name of another', text({ person: { ...person, id: 'q' } }), 'person.name in line 3'],
    ['a second header', first, 'no other fields'],
  ])('refuses a line with %s', async (_, line, says) => {
    const encoded = line.startsWith('latin1:') ? Buffer.from(line.slice(7), 'latin1') : Buffer.from(line);
    const content = Buffer.concat([Buffer.from(first + text({ person })), encoded]);
    await expect(check(content)).rejects.toMatchObject({
      code: 'bad_import',
      message: expect.stringContaining(says),
    });
    await expect(check(content)).rejects.not.toThrow('SECRET');
  });

  it('refuses what would give an object another prototype', async () => {
    const attacks = [
      `{"__proto__":{"face":1}}\n`,
      `{"person":{"__proto__":{"admin":true},${JSON.stringify(person).slice(1)}}\n`,
      `{"person":{"metadata":{"a":[{"__proto__":{"admin":true}}]},${JSON.stringify(person).slice(1)}}\n`,
    ];
    for (const attack of attacks) {
      await expect(check(sealed([first, attack], 1, 0))).rejects.toMatchObject({ code: 'bad_import' });
    }
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });

  it('keeps keys like constructor as they are', async () => {
    const metadata = { constructor: { prototype: { admin: true } }, toString: 1 };
    const path = await newFile('x', sealed([first, text({ person: { ...person, metadata } })], 1, 0));
    expect(await recordsIn(path)).toEqual([{ person: { ...person, metadata } }]);
    expect(({} as Record<string, unknown>).admin).toBeUndefined();
  });

  it('refuses a line that does not end, without keeping it', async () => {
    const endless = gzipSync(Buffer.alloc(300 * 1024 * 1024, 0x20));
    expect(endless.length).toBeLessThan(1e6);
    const before = process.memoryUsage.rss();
    await expect(check(endless)).rejects.toThrow(/a line of at most 4194304 bytes in line 1/);
    expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1024 * 1024);
    const later = Buffer.concat([Buffer.from(first + text({ person })), Buffer.alloc(5_000_000, 0x20)]);
    await expect(check(later)).rejects.toThrow(/a line of at most 4194304 bytes in line 3/);
  });

  it('says that lines are missing, were added or were changed', async () => {
    const whole = [first, text({ person }), text({ face })];
    const end = sealed(whole, 1, 1).split('\n').at(-2)!;
    await expect(check(whole.join(''))).rejects.toThrow(
      /Expected an end in .* but received none: the file is cut short/,
    );
    await expect(check('')).rejects.toThrow(/but received an empty one/);
    await expect(check(`${whole.slice(0, 2).join('')}${end}\n`)).rejects.toThrow(
      /1 people and 1 faces.* received 1 and 0/,
    );
    const other = text({ person: { ...person, name: 'Grace' } });
    await expect(check(`${first}${other}${whole[2]}${end}\n`)).rejects.toThrow(/damaged or was changed/);
    await expect(check(`${sealed(whole, 1, 1)}\n`)).rejects.toThrow(/nothing after the end in line 5/);
    await expect(check(sealed(whole, 1, 1).slice(0, -1))).rejects.toThrow(
      /a whole line in line 4 .* cut short/,
    );
    await expect(check(gzipSync(sealed(whole, 1, 1)).subarray(0, -12))).rejects.toThrow(/cut short/);
    await expect(check(Buffer.of(0x1f, 0x8b, 9, 9, 9, 9))).rejects.toThrow(/gzip/);
  });

  it('refuses a file that is not the one that was checked', async () => {
    const path = await newFile('x', sealed([first, text({ person })], 1, 0));
    const checked = await checkPortableFile(path);
    expect(await collect(readPortableFile(path, { checked }))).toHaveLength(1);
    await writeFile(path, sealed([first, text({ person: { ...person, id: 'q' } })], 1, 0));
    await expect(collect(readPortableFile(path, { checked }))).rejects.toThrow(/it was changed meanwhile/);
  });

  it('names a file that is not there, a folder and a device', async () => {
    const folder = await newFolder();
    const missing = join(folder, 'missing');
    await expect(checkPortableFile(missing)).rejects.toMatchObject({
      code: 'bad_import',
      message: `${missing} cannot be read: there is none`,
    });
    await expect(checkPortableFile(folder)).rejects.toThrow(/^Expected a file at .* but received a folder$/);
    await expect(checkPortableFile('/dev/zero')).rejects.toThrow(/received a device or pipe$/);
  });

  it('stops when it is told to, tells how far it is, and closes the file when nobody reads on', async () => {
    const path = await newFile('x', (await linesOf()).join(''));
    const signal = AbortSignal.abort();
    await expect(checkPortableFile(path, { signal })).rejects.toMatchObject({ code: 'aborted' });
    const told: [number, number][] = [];
    await checkPortableFile(path, { onProgress: (...progress) => void told.push(progress) });
    const { size } = await stat(path);
    expect(told.at(-1)).toEqual([size, size]);
    for await (const record of readPortableFile(path)) {
      expect(record).toHaveProperty('person');
      break;
    }
  });
});
