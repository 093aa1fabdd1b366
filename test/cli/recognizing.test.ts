import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteGallery } from '../../src/gallery/sqlite-gallery.ts';
import { type CliResult, jsonLines, makeFolder, photos, runCli } from './cli-process.ts';
import { runProbed } from './native-libraries.ts';

let folder: string;
let enrolling: CliResult;

beforeAll(async () => {
  folder = await makeFolder({
    'people/Justin Bieber/bieber_small.jpg': photos.bieber,
    'people/Nicolas Cage/films/cage.jpg': photos.cage,
    'people/audrey.jpg': photos.audrey,
    'new/bieber.jpg': photos.otherBieber,
    'new/below/cage.jpg': photos.otherCage,
    'new/group.jpg': photos.group,
    'new/drawing.png': photos.noFace,
  });
  enrolling = await runCli(folder, 'enroll', 'people');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('acquaint enroll', () => {
  it('prints a table of people and says which pictures belong to nobody', () => {
    expect(enrolling.code).toBe(0);
    expect(enrolling.stdout).toMatch(/^person +enrolled +skipped +failed$/m);
    expect(enrolling.stdout).toMatch(/^Justin Bieber +1 +0 +0$/m);
    expect(enrolling.stdout).toMatch(/^2 people +2 +0 +0$/m);
    expect(enrolling.stderr).toContain('Skipped people/audrey.jpg');
  });

  it('skips at the second run what is enrolled already', async () => {
    const { code, stdout } = await runCli(folder, 'enroll', 'people', '--json');
    expect(code).toBe(0);
    const lines = jsonLines(stdout);
    expect(lines.map(({ status, reason }) => [status, reason])).toEqual([
      ['skipped', 'no_person'],
      ['skipped', 'already_enrolled'],
      ['skipped', 'already_enrolled'],
    ]);
    expect(lines[2]).toMatchObject({ file: 'people/Nicolas Cage/films/cage.jpg', person: 'Nicolas Cage' });
  });
});

describe('acquaint recognize', () => {
  it('names the enrolled people in other photos and nobody else, as JSON in the order of the files', async () => {
    const { code, stdout } = await runCli(folder, 'recognize', 'new', '--json');
    expect(code).toBe(0);
    const lines = jsonLines(stdout) as { file: string; faces: Record<string, unknown>[] }[];
    expect(lines.map(({ file }) => file)).toEqual([
      'new/below/cage.jpg',
      'new/bieber.jpg',
      'new/drawing.png',
      'new/group.jpg',
    ]);
    expect(lines[0]!.faces).toHaveLength(1);
    expect(lines[0]!.faces[0]).toMatchObject({ decision: 'match', person: { name: 'Nicolas Cage' } });
    expect(lines[1]!.faces[0]).toMatchObject({ decision: 'match', person: { name: 'Justin Bieber' } });
    expect(lines[2]!.faces).toEqual([]);
    expect(lines[3]!.faces.length).toBeGreaterThanOrEqual(3);
    for (const face of lines[3]!.faces) expect(face).toMatchObject({ decision: 'unknown', person: null });
    expect(Object.keys(lines[0]!.faces[0]!)).toEqual([
      'box',
      'score',
      'landmarks',
      'decision',
      'liveness',
      'person',
      'distance',
      'threshold',
      'strangersNamed',
      'calibrated',
      'confidence',
      'runnerUp',
      'quality',
      'reasons',
    ]);
  });

  it("prints face_recognition's lines with --csv", async () => {
    const { stdout } = await runCli(
      folder,
      'recognize',
      'new/bieber.jpg',
      'new/drawing.png',
      'new/group.jpg',
      '--csv',
    );
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, 2)).toEqual(['new/bieber.jpg,Justin Bieber', 'new/drawing.png,no_persons_found']);
    expect(new Set(lines.slice(2))).toEqual(new Set(['new/group.jpg,unknown_person']));
  });

  it('writes annotated copies in the same folders, and a table', async () => {
    const { code, stdout } = await runCli(
      folder,
      'recognize',
      'new/below',
      'new/bieber.jpg',
      '--out',
      'new/out',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^new\/bieber\.jpg +Justin Bieber +0\.\d{3}/m);
    expect(stdout).toContain('2 faces in 2 pictures: 2 known, 0 unknown');
    const original = await sharp(join(folder, 'new/below/cage.jpg')).metadata();
    const copy = await sharp(join(folder, 'new/out/cage.jpg')).metadata();
    expect([copy.width, copy.height]).toEqual([original.width, original.height]);
    await stat(join(folder, 'new/out/bieber.jpg'));
    await rm(join(folder, 'new/out'), { recursive: true });
  });

  it('never writes over an input, not even when the pictures are in the output folder', async () => {
    const before = await readFile(join(folder, 'new/below/cage.jpg'));
    const { code } = await runCli(folder, 'recognize', 'new/below', '--out', 'new/below');
    expect(code).toBe(0);
    expect(await readFile(join(folder, 'new/below/cage.jpg'))).toEqual(before);
    await stat(join(folder, 'new/below/cage-2.jpg'));
    await rm(join(folder, 'new/below/cage-2.jpg'));
  });
});

describe('acquaint verify', () => {
  it('answers 0 for the same person', async () => {
    const { code, stdout } = await runCli(folder, 'verify', photos.cage, photos.otherCage);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^the same person: .* 0\.\d{3} apart/);
  });

  it('answers 4 for two people', async () => {
    const { code, stdout } = await runCli(folder, 'verify', photos.cage, photos.bieber, '--json');
    expect(code).toBe(4);
    expect(Object.keys(JSON.parse(stdout))).toEqual([
      'a',
      'b',
      'same',
      'distance',
      'threshold',
      'falseMatchRate',
      'calibrated',
      'confidence',
    ]);
  });

  it('names the picture that has several faces', async () => {
    const { code, stdout } = await runCli(folder, 'verify', photos.cage, photos.group, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ file: photos.group, error: { code: 'multiple_faces' } });
  });
});

describe('acquaint detect and embed', () => {
  it('prints boxes and five landmarks without any gallery', async () => {
    const { code, stdout } = await runCli(folder, 'detect', photos.cage, '--json', '--gallery', 'none.db');
    expect(code).toBe(0);
    const [{ width, height, faces }] = jsonLines(stdout) as [Record<string, unknown[]>];
    expect([width, height].every(Number.isInteger)).toBe(true);
    expect(Object.keys(faces![0]!)).toEqual(['box', 'score', 'landmarks']);
    expect((faces![0] as { landmarks: unknown[] }).landmarks).toHaveLength(5);
  });

  it('says with 68 landmarks, even when quiet, that their model is not for commercial use', async () => {
    const { stdout, stderr } = await runCli(
      folder,
      'detect',
      photos.cage,
      '--landmarks',
      '68',
      '--json',
      '-q',
    );
    const [{ faces }] = jsonLines(stdout) as [{ faces: { landmarks: unknown[] }[] }];
    expect(faces[0]!.landmarks).toHaveLength(68);
    expect(stderr).toContain('not for commercial use');
  });

  it('prints 128 numbers and their recipe', async () => {
    const { stdout } = await runCli(folder, 'embed', photos.cage, '--json');
    const [{ faces }] = jsonLines(stdout) as [{ faces: { embedding: number[]; recipe: string }[] }];
    expect(faces[0]!.embedding).toHaveLength(128);
    expect(faces[0]!.recipe).toBe('dlib-resnet-v1+4views');
  });
});

describe('acquaint people and forget', () => {
  it('lists everybody, and the faces of one', async () => {
    const { people } = JSON.parse((await runCli(folder, 'people', '--json')).stdout);
    expect(people).toMatchObject([
      { name: 'Justin Bieber', faces: 1 },
      { name: 'Nicolas Cage', faces: 1 },
    ]);
    expect(Object.keys(people[0]).sort()).toEqual(
      ['id', 'name', 'faces', 'externalId', 'metadata', 'bestFaceId', 'createdAt', 'updatedAt'].sort(),
    );
    const { stdout } = await runCli(folder, 'people', 'Nicolas Cage');
    expect(stdout).toMatch(/^[0-9a-f]{8} +cage\.jpg +\d+ px/m);
  });

  it('lists without loading a net, or what reads pictures', async () => {
    const { code, libraries } = await runProbed(folder, ['people']);
    expect(code).toBe(0);
    expect(libraries).not.toContain('onnxruntime');
    expect(libraries).not.toContain('vips');
    const embedding = await runProbed(folder, ['embed', photos.audrey, '--json']);
    expect(embedding.libraries).toContain('onnxruntime');
    expect(embedding.libraries).toContain('vips');
  });

  it('refuses to erase without --yes where it cannot ask, and erases with it', async () => {
    await runCli(folder, 'enroll', '--name', 'Audrey', photos.audrey);
    const refused = await runCli(folder, 'forget', 'Audrey');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--yes');
    const { code, stdout } = await runCli(folder, 'forget', 'Audrey', '--yes', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ person: 'Audrey', faces: 1, erased: true, wiped: true });
    expect((await runCli(folder, 'people')).stdout).not.toContain('Audrey');
  });

  it('answers 3 for a person it does not know', async () => {
    const { code, stderr, stdout } = await runCli(folder, 'people', 'Nobody', '--json');
    expect(code).toBe(3);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'person_not_found' } });
  });
});

describe('acquaint doctor and models', () => {
  it('finds everything in order', async () => {
    const { code, stdout } = await runCli(folder, 'doctor', '--json');
    const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: { name: string; status: string }[] };
    expect(checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect([code, ok]).toEqual([0, true]);
  });

  it('finds nothing bad in a gallery of another recipe than is asked for, but says what that means', async () => {
    const doctor = async (...args: string[]) => {
      const { code, stdout } = await runCli(folder, 'doctor', '--json', ...args);
      const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: { name: string }[] };
      return { code, ok, gallery: checks.find(({ name }) => name === 'gallery') };
    };
    expect(await doctor('--effort', 'fast')).toMatchObject({
      code: 0,
      ok: true,
      gallery: {
        status: 'note',
        detail: expect.stringMatching(
          /made by dlib-resnet-v1\+4views\. What fast makes cannot be compared with it, .* acquaint migrate/,
        ),
      },
    });
    expect(await doctor('--effort', 'accurate')).toMatchObject({ ok: true, gallery: { status: 'ok' } });
    const kind = { recipe: 'of-another-version', embeddingLength: 128 };
    await (await openSqliteGallery(join(folder, 'other.db'), { kind, create: true })).close();
    expect(await doctor('-g', 'other.db', '--effort', 'fast')).toMatchObject({
      code: 3,
      ok: false,
      gallery: { status: 'bad', detail: expect.stringContaining('of-another-version') },
    });
  });

  it('lists each weight file with its licence', async () => {
    const { models } = JSON.parse((await runCli(folder, 'models', '--json')).stdout);
    expect(models).toHaveLength(5);
    for (const model of models) {
      expect(model).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
      expect(model.license).not.toBe('');
    }
  });
});
