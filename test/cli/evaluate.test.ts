import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PairsEvaluation, type PeopleEvaluation, verifyThreshold } from 'acquaint';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, makeFolder, photos, runCli } from './cli-process.ts';
import { KNOWN_PEOPLE, makePeople } from './known-people.ts';

const hostile = '<script>alert(1)<';

let folder: string;
let first: CliResult;

/** All with one cache, so that each picture is measured once. */
const evaluate = (...args: readonly string[]): Promise<CliResult> =>
  runCli(folder, 'evaluate', ...args, '--effort', 'fast', '--cache', 'cache');

const evaluateJson = async <Evaluation>(...args: readonly string[]): Promise<Evaluation> => {
  const { code, stdout } = await evaluate(...args, '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Evaluation;
};

beforeAll(async () => {
  folder = await makeFolder();
  await makePeople(join(folder, 'people'));
  first = await evaluate('people');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Pictures below the folder `to`: path -> a picture below `people`, or an absolute path. */
async function copyPeople(to: string, pictures: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, source] of Object.entries(pictures)) {
    await mkdir(join(folder, to, path, '..'), { recursive: true });
    await cp(source.startsWith('/') ? source : join(folder, 'people', source), join(folder, to, path));
  }
}

/** Exit code, and the one line that says why; never a stack. */
function expectRefused({ code, stderr }: CliResult, expected: number, says: RegExp): void {
  expect(code).toBe(expected);
  const lines = stderr.split('\n').filter((line) => line.startsWith('acquaint:'));
  expect(lines.at(-1)).toMatch(says);
  expect(stderr).not.toMatch(/^\s+at |unexpected error/m);
}

describe('acquaint evaluate DIR', () => {
  it('prints a table of strangers named and enrolled people missed', () => {
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('13 people, 13 with two pictures or more; dlib-resnet-v1');
    expect(first.stdout).toMatch(/^enrolled +faces +distance up to +strangers named +enrolled missed/m);
    expect(first.stdout).toMatch(/^ +6 +6 +0\.\d{3} +0 % \(0 % to \d+ %\) +\d+ % \(\d+ % to \d+ %\) +0 %/m);
  });

  it('gives the same as JSON, with the nearest strangers and the farthest pictures of one person', async () => {
    const evaluation = await evaluateJson<PeopleEvaluation>('people');
    expect(evaluation).toMatchObject({
      kind: 'people',
      recipe: 'dlib-resnet-v1',
      pictures: 26,
      people: 13,
      enrollable: 13,
      statedRate: 0.01,
      unusable: [],
      failures: [],
    });
    const [gallery] = evaluation.galleries;
    expect(gallery).toMatchObject({ galleryPeople: 6, galleryFaces: 6, trials: 10 });
    // 6 of 13 are searched for by their other picture, the others are strangers with both: 14 searches a trial.
    expect(gallery!.atDefault).toMatchObject({
      strangersNamed: { count: 0, total: 140 },
      enrolledMistaken: { count: 0, total: 60 },
    });
    expect(gallery!.atDefault.enrolledMissed.rate).toBeLessThan(0.2);
    const { takenForOne, notRecognised } = evaluation.worst;
    const personOf = (path: string): string => path.split('/')[1]!;
    for (const { a, b, distance } of takenForOne) {
      expect(personOf(a.path)).not.toBe(personOf(b.path));
      expect(distance).toBeGreaterThan(gallery!.atDefault.threshold);
    }
    expect(notRecognised.every(({ a, b }) => personOf(a.path) === personOf(b.path))).toBe(true);
  });

  it('takes sizes, trials, pictures of each and a rate', async () => {
    const plan = ['--trials', '2', '--photos', '1', '--rate', '0.05'];
    const { galleries, statedRate } = await evaluateJson<PeopleEvaluation>(
      '--gallery-size',
      '3,6',
      'people',
      ...plan,
    );
    expect(statedRate).toBe(0.05);
    expect(galleries.map(({ galleryPeople, trials }) => [galleryPeople, trials])).toEqual([
      [3, 2],
      [6, 2],
    ]);
    const usual = await evaluateJson<PeopleEvaluation>('people', '--gallery-size', '6');
    expect(galleries[1]!.atDefault.threshold).toBeGreaterThan(usual.galleries[0]!.atDefault.threshold);
    expect(galleries[0]!.atDefault.threshold).toBeGreaterThan(galleries[1]!.atDefault.threshold);
  });

  it('enrols as often as it is told, or says at once how often it can', async () => {
    const { galleries } = await evaluateJson<PeopleEvaluation>('people', '--trials', '3000');
    expect(galleries).toMatchObject([{ trials: 3000 }]);
    expect(galleries[0]!.atDefault.strangersNamed.total).toBe(3000 * 14);
    const tooMany = await evaluate('people', '--trials', '100000');
    expectRefused(
      tooMany,
      2,
      /Expected a whole number of 1 to 38461 for trials with 26 pictures but received 100000/,
    );
  });

  it('goes on after pictures that cannot be used, and names them', async () => {
    await copyPeople('mixed', {
      'A/1.jpg': 'Nicolas Cage/1.jpg',
      'A/2.jpg': 'Nicolas Cage/2.jpg',
      'B/1.jpg': 'Kim/1.jpg',
      'B/face.png': photos.noFace,
      'C/1.jpg': 'Walter/1.jpg',
    });
    await writeFile(join(folder, 'mixed/A/text.jpg'), 'hello');
    const table = await evaluate('mixed');
    expectRefused(table, 1, /mixed\/A\/text\.jpg.*not a picture/i);
    expect(table.stdout).toContain('3 people, 1 with two pictures or more');
    expect(table.stdout).toContain('1 picture without a face left out');
    const { code, stdout } = await evaluate('mixed', '--json');
    expect(code).toBe(1);
    const { pictures, unusable, failures } = JSON.parse(stdout);
    expect(pictures).toBe(6);
    expect(unusable.map((each: { path: string; code: string }) => [each.path, each.code])).toEqual([
      ['mixed/A/text.jpg', 'not_an_image'],
      ['mixed/B/face.png', 'no_face'],
    ]);
    expect(failures).toMatchObject([{ file: 'mixed/A/text.jpg', error: { code: 'not_an_image' } }]);
  });

  it('says nothing of the confidence where nobody is ever recognised', async () => {
    // Two people in each folder: the usual seed enrols by each the one whom the other is searched for by.
    await copyPeople('mixed-up', {
      'A/1.jpg': 'Nicolas Cage/1.jpg',
      'A/2.jpg': 'Justin Bieber/1.jpg',
      'B/1.jpg': 'Nicolas Cage/2.jpg',
      'B/2.jpg': 'Justin Bieber/2.jpg',
      'C/1.jpg': 'Walter/1.jpg',
    });
    const args = ['mixed-up', '--gallery-size', '2', '--trials', '1'];
    const { code, stdout } = await evaluate(...args, '--json', '--report', 'mixed-up.html');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      galleries: [{ atDefault: { enrolledMissed: { rate: 1 } }, reliability: [] }],
    });
    expect(stdout).not.toContain('null');
    const page = (await readFile(join(folder, 'mixed-up.html'), 'utf8')).replace(/base64,[^"]*/g, '');
    expect(page).not.toMatch(/NaN|Infinity|undefined|Is the confidence honest/);
  });

  it('wants three people, one of them with two pictures, and enough for the sizes', async () => {
    await makePeople(join(folder, 'one'), KNOWN_PEOPLE.slice(0, 1));
    await makePeople(join(folder, 'two'), KNOWN_PEOPLE.slice(0, 2));
    await makePeople(join(folder, 'single'), KNOWN_PEOPLE.slice(0, 3), 1);
    for (const args of [['one'], ['two'], ['single'], ['people', '--gallery-size', '13']]) {
      const refused = await evaluate(...args, '--json');
      expectRefused(refused, 3, /^acquaint: Expected at least \d+ people/);
      expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'too_few_people' } });
    }
  });

  it('names pictures at fault where too few people are left', async () => {
    await copyPeople('bad', {
      'A/1.jpg': 'Kim/1.jpg',
      'A/2.png': photos.noFace,
      'B/1.jpg': 'Ri/1.jpg',
      'C/1.jpg': 'Walter/1.jpg',
    });
    expectRefused(
      await evaluate('bad'),
      3,
      /1 picture could not be used, first bad\/A\/2\.png: No face was found/,
    );
  });

  it('says in one line what is wrong with a folder that holds nobody', async () => {
    await mkdir(join(folder, 'empty'));
    await copyPeople('strays', { '1.jpg': 'Kim/1.jpg' });
    for (const [dir, says] of [
      ['nowhere', 'nowhere cannot be read: no such folder.'],
      ['empty', expect.stringMatching(/^empty holds no pictures \(.*\)\. Expected one folder per person\.$/)],
      ['strays', expect.stringMatching(/^strays holds 1 picture but no folders: /)],
    ] as const) {
      const { code, stdout, stderr } = await evaluate(dir, '--json');
      const { error } = JSON.parse(stdout);
      expect([code, error]).toEqual([3, { code: 'too_few_people', message: says }]);
      expect(stderr).toBe(`acquaint: ${error.message}\n`);
    }
  });

  it('wants one source, and options that belong to it', async () => {
    for (const args of [[], ['people', '--pairs', 'pairs.csv'], ['--pairs', 'pairs.csv', '--trials', '3']]) {
      expectRefused(await evaluate(...args), 2, /^acquaint: Expected/);
    }
    for (const option of ['--gallery-size', '--photos', '--trials', '--rate']) {
      expectRefused(await evaluate('people', option, '0'), 2, /Expected .* received 0/);
    }
  });
});

describe('acquaint evaluate --pairs', () => {
  const writePairs = (name: string, lines: readonly string[], ending = '\n'): Promise<void> =>
    writeFile(join(folder, name), lines.join(ending));

  const allPairs = [
    'people/Nicolas Cage/1.jpg,people/Nicolas Cage/2.jpg,1',
    'people/Justin Bieber/1.jpg,people/Justin Bieber/2.jpg,1',
    'people/Franck/1.jpg,people/Franck/2.jpg,1',
    'people/Kim/1.jpg,people/Ri/1.jpg,0',
    'people/Franck/1.jpg,people/Ri/2.jpg,0',
    'people/Nicolas Cage/1.jpg,people/Walter/1.jpg,0',
  ];

  it('tells pairs of one person from pairs of two, whatever wrote the file', async () => {
    await copyPeople('Фото, 写真', {
      'Åsa "1".jpg': 'Sean Connery/1.jpg',
      'Åsa 2.jpg': 'Sean Connery/2.jpg',
    });
    const lines = [
      '\ufeffpicture,other,same',
      ...allPairs,
      '# a comment',
      ` "Фото, 写真/Åsa ""1"".jpg" , "${join(folder, 'Фото, 写真/Åsa 2.jpg')}" , yes `,
      '',
    ];
    await writePairs('pairs.csv', lines, '\r\n');
    const { code, stdout } = await evaluate('--pairs', 'pairs.csv');
    expect(code).toBe(0);
    expect(stdout).toContain('4 pairs of one person, 3 of different people; dlib-resnet-v1');
    expect(stdout).toMatch(/^equal error rate +0\.00 %$/m);
    expect(stdout).toMatch(/^0 % \(threshold for 0\.1 %\) +0\.546 +100\.00 %$/m);
  });

  it('takes the threshold for the rate that is asked for', async () => {
    await writePairs('pairs.csv', allPairs);
    const usual = await evaluateJson<PairsEvaluation>('--pairs', 'pairs.csv');
    const strict = await evaluateJson<PairsEvaluation>('--pairs', 'pairs.csv', '--rate', '0.00001');
    expect([usual.atDefault.statedRate, strict.atDefault.statedRate]).toEqual([0.001, 0.00001]);
    for (const { recipe, atDefault } of [usual, strict]) {
      expect(atDefault.threshold).toBe(verifyThreshold({ recipe, rate: atDefault.statedRate }));
    }
    expect(strict.atDefault.threshold).toBeLessThan(usual.atDefault.threshold);
  });

  it('counts a picture without a face as an error, leaves out what cannot be read, and names it', async () => {
    await writeFile(join(folder, 'text.jpg'), 'hello');
    await writePairs('odd.csv', [
      ...allPairs,
      `people/Kim/1.jpg,${photos.noFace},1`,
      'people/Kim/1.jpg,text.jpg,1',
      'gone.jpg,people/Ri/1.jpg,0',
    ]);
    const { code, stdout, stderr } = await evaluate('--pairs', 'odd.csv');
    expect(code).toBe(1);
    expect(stderr.match(/^acquaint: .*$/gm)).toEqual([
      expect.stringMatching(/text\.jpg.*not a picture/i),
      expect.stringMatching(/gone\.jpg: The picture cannot be read/),
    ]);
    expect(stdout).toContain('1 pair without a face count');
    expect(stdout).toContain('2 pairs left out');
    const evaluation = JSON.parse((await evaluate('--pairs', 'odd.csv', '--json')).stdout) as PairsEvaluation;
    expect(evaluation.pairs).toEqual({ same: 4, different: 3, withoutFace: 1, leftOut: 2 });
    expect(evaluation.atDefault.falseNonMatchRate).toBe(0.25);
  });

  it('counts a pair as often as it is there, and takes a picture for itself', async () => {
    const itself = 'people/Kim/2.jpg,people/Kim/2.jpg';
    await writePairs('twice.csv', [...allPairs, allPairs[0]!, allPairs[3]!, `${itself},1`, `${itself},0`]);
    const evaluation = await evaluateJson<PairsEvaluation>('--pairs', 'twice.csv');
    expect(evaluation.pairs).toMatchObject({ same: 5, different: 5 });
    expect(evaluation.worst.takenForOne[0]).toMatchObject({ distance: 0 });
    expect(evaluation.atDefault).toMatchObject({ falseMatchRate: 0.2, falseNonMatchRate: 0 });
  });

  it('never prints a rate that is none: every number of the JSON is one', async () => {
    await writePairs('few.csv', [allPairs[0]!, allPairs[3]!]);
    const { code, stdout } = await evaluate('--pairs', 'few.csv', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).accuracy).toBeNull();
    expect(stdout.replace('"accuracy":null', '')).not.toContain('null');
    const table = await evaluate('--pairs', 'few.csv', '--report', 'few.html');
    expect(table.stdout).not.toMatch(/NaN|Infinity|undefined/);
    const page = (await readFile(join(folder, 'few.html'), 'utf8')).replace(/base64,[^"]*/g, '');
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('takes more pairs than a call takes arguments', async () => {
    const rounds = 30_000;
    await writePairs(
      'many.csv',
      Array.from({ length: rounds }, () => allPairs.join('\n')),
    );
    const { pairs, accuracy } = await evaluateJson<PairsEvaluation>('--pairs', 'many.csv');
    expect(pairs).toMatchObject({ same: 3 * rounds, different: 3 * rounds });
    expect(accuracy).toMatchObject({ mean: 1 });
  });

  it('scores no folds where a threshold would be chosen on one kind', async () => {
    const kim = Array.from({ length: 12 }, () => allPairs[0]!);
    await writePairs('lopsided.csv', [...kim, allPairs[3]!]);
    expect((await evaluateJson<PairsEvaluation>('--pairs', 'lopsided.csv')).accuracy).toBeNull();
  });

  it.each([
    { what: 'pairs of one person only', lines: allPairs.slice(0, 3), says: /found 3 and 0$/ },
    { what: 'pairs of different people only', lines: allPairs.slice(3), says: /found 0 and 3$/ },
    {
      what: 'pictures that are not there',
      lines: ['a.jpg,b.jpg,1', 'c.jpg,d.jpg,0'],
      says: /found 0 and 0 that can be compared; 4 pictures could not be used, first a\.jpg: .*ENOENT/,
    },
    { what: 'an empty file', lines: [], says: /holds no pairs/ },
    { what: 'a wrong third column', lines: [allPairs[0]!, 'a.jpg,b.jpg,perhaps'], says: /line 2: expected/ },
  ])('answers 3 with one clear line for $what', async ({ lines, says }) => {
    await writePairs('bad.csv', lines);
    const refused = await evaluate('--pairs', 'bad.csv', '--json');
    expectRefused(refused, 3, says);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'bad_pairs' } });
  });
});

describe('acquaint evaluate --report', () => {
  let page: string;

  beforeAll(async () => {
    await copyPeople('named', {
      [`${hostile}/1.jpg`]: 'Walter/1.jpg',
      [`${hostile}/2.jpg`]: 'Walter/2.jpg',
      'A & B\'s "friend"/1.jpg': 'Kim/1.jpg',
      'A & B\'s "friend"/2.jpg': 'Kim/2.jpg',
      'Cage/1.jpg': 'Nicolas Cage/1.jpg',
    });
    const { code, stderr } = await evaluate('named', '--report', 'out.html');
    expect(code).toBe(0);
    expect(stderr).toContain('report: out.html');
    page = await readFile(join(folder, 'out.html'), 'utf8');
  });

  it.skipIf(process.platform === 'win32')('takes a file that others could read away from them', async () => {
    const path = join(folder, 'open.html');
    await writeFile(path, 'old', { mode: 0o644 });
    expect((await evaluate('named', '--report', 'open.html')).stderr).toContain('report: open.html');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('needs no other file and no network', () => {
    const sources = [...page.matchAll(/(?:src|href|url)\s*[=(]\s*["']?([^"')\s>]*)/g)].map(
      ([, source]) => source!,
    );
    expect(sources.length).toBeGreaterThan(1);
    expect(sources.filter((source) => !source.startsWith('data:image/jpeg;base64,'))).toEqual([]);
    expect(page.replace(/base64,[^"]*/g, '')).not.toMatch(/https?:|@import|<(script|link|iframe|object)/i);
  });

  it('shows charts that can be drawn', async () => {
    const charts = page.match(/<svg .*?<\/svg>/gs) ?? [];
    expect(charts).toHaveLength(5);
    for (const chart of charts) {
      const svg = chart.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" width="520" height="330" ');
      const { width, height } = await sharp(Buffer.from(svg)).metadata();
      expect([width, height]).toEqual([520, 330]);
      expect(chart).toMatch(/<(polyline|rect|circle)/);
      expect(chart).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  it('shows the faces of the worst mistakes', async () => {
    const faces = [...page.matchAll(/<img [^>]*src="data:image\/jpeg;base64,([^"]*)"/g)];
    expect(faces.length).toBeGreaterThanOrEqual(4);
    for (const [, data] of faces) {
      const { width, height, format } = await sharp(Buffer.from(data!, 'base64')).metadata();
      expect([width, height, format]).toEqual([112, 112, 'jpeg']);
    }
  });

  it('takes names for text', () => {
    expect(page).toContain('alt="&lt;script&gt;alert(1)&lt;/1.jpg"');
    expect(page).toContain('alt="A &amp; B\'s &quot;friend&quot;/');
    expect(page).not.toContain('<script');
  });

  it('is known to be impossible before anything is measured', async () => {
    for (const [path, code] of [
      ['no/such/folder/out.html', 'ENOENT'],
      ['people', 'EISDIR'],
    ] as const) {
      const result = await evaluate('people', '--report', path, '--json');
      expect(result.code).toBe(1);
      const message = `The report ${path} cannot be written (${code})`;
      expect(result.stderr).toBe(`acquaint: ${message}\n`);
      expect(JSON.parse(result.stdout)).toEqual({ error: { code: 'output_failed', message } });
    }
  });

  it.runIf(existsSync('/dev/full'))('that the disk has no room for costs no figures', async () => {
    const table = await evaluate('people', '--report', '/dev/full');
    expect(table.code).toBe(1);
    expect(table.stdout).toContain('13 people');
    expect(table.stderr).toContain('acquaint: The report /dev/full cannot be written (ENOSPC)\n');
    const json = await evaluate('people', '--report', '/dev/full', '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      people: 13,
      failures: [{ file: '/dev/full', error: { code: 'output_failed' } }],
    });
  });
});

describe('acquaint evaluate --lfw', () => {
  const lines = [
    '2\t2',
    'Nicolas_Cage\t1\t2',
    'Sean_Connery\t1\t2',
    'Nicolas_Cage\t1\tSean_Connery\t1',
    'Nicolas_Cage\t2\tFranck\t1',
    'Justin_Bieber\t1\t2',
    'Franck\t1\t2',
    'Justin_Bieber\t1\tFranck\t2',
    'Justin_Bieber\t2\tSean_Connery\t2',
  ];

  beforeAll(async () => {
    for (const name of ['Nicolas Cage', 'Sean Connery', 'Franck', 'Justin Bieber']) {
      const id = name.replace(' ', '_');
      await copyPeople('lfw/lfw', {
        [`${id}/${id}_0001.jpg`]: `${name}/1.jpg`,
        [`${id}/${id}_0002.jpg`]: `${name}/2.jpg`,
      });
    }
    await writeFile(join(folder, 'lfw/pairs.txt'), lines.join('\n'));
  });

  it('follows the protocol of folds', async () => {
    const { code, stdout } = await evaluate('--lfw', 'lfw');
    expect(code).toBe(0);
    expect(stdout).toContain('4 pairs of one person, 4 of different people');
    expect(stdout).toMatch(
      /^accuracy over 2 folds +100\.00 % ± 0\.00 \(standard error; the folds deviate by 0\.00\)$/m,
    );
    const { accuracy, pairs } = await evaluateJson<PairsEvaluation>('--lfw', 'lfw');
    expect(accuracy!.folds).toHaveLength(2);
    expect(pairs).toEqual({ same: 4, different: 4, withoutFace: 0, leftOut: 0 });
  });

  it('takes the face in the middle, where --pairs takes the largest', async () => {
    // A large face at the left of a small one in the middle.
    const large = await sharp(join(folder, 'people/Kim/1.jpg')).resize(300).toBuffer();
    const small = await sharp(join(folder, 'people/Franck/1.jpg')).resize({ height: 200 }).toBuffer();
    await sharp({ create: { width: 900, height: 420, channels: 3, background: '#808080' } })
      .composite([
        { input: large, left: 0, top: 20 },
        { input: small, left: 340, top: 110 },
      ])
      .jpeg()
      .toFile(join(folder, 'two.jpg'));
    await writeFile(join(folder, 'two.csv'), 'two.jpg,people/Franck/2.jpg,1\ntwo.jpg,people/Kim/2.jpg,0\n');
    const centre = await evaluateJson<PairsEvaluation>('--pairs', 'two.csv', '--face', 'centre');
    expect(centre.atDefault).toMatchObject({ falseMatchRate: 0, falseNonMatchRate: 0 });
    const largest = await evaluateJson<PairsEvaluation>('--pairs', 'two.csv');
    expect(largest.atDefault).toMatchObject({ falseMatchRate: 1, falseNonMatchRate: 1 });
    expect(largest.fromCache).toBe(3);
  });

  it('names a picture that is missing, and a folder without pictures', async () => {
    await writeFile(join(folder, 'lfw/pairs.txt'), lines.with(1, 'Nicolas_Cage\t1\t3').join('\n'));
    expectRefused(await evaluate('--lfw', 'lfw'), 1, /Nicolas_Cage_0003\.jpg: The picture cannot be read/);
    await mkdir(join(folder, 'no-lfw'));
    expectRefused(await evaluate('--lfw', 'no-lfw'), 3, /no-lfw\/pairs\.txt cannot be read/);
    await writeFile(join(folder, 'no-lfw/pairs.txt'), lines.join('\n'));
    expectRefused(
      await evaluate('--lfw', 'no-lfw'),
      3,
      /8 pictures could not be used, first no-lfw\/Nicolas_Cage/,
    );
  });
});
