import { openRecognizer } from 'acquaint';
import { describe, expect, it } from 'vitest';
import { euclideanDistance } from '../../src/core/distance.ts';
import { personMean } from '../../src/core/person-mean.ts';
import { createRandom } from '../../src/core/random.ts';
import { countAtMost } from '../../src/core/verification-rates.ts';
import { openSqliteGallery } from '../../src/gallery/sqlite-gallery.ts';
import { evaluateEnrolled } from '../../src/recognizer/evaluate-enrolled.ts';
import { createGallerySearch } from '../../src/recognizer/gallery-search.ts';
import { recipeOf } from '../../src/recognizer/recipes.ts';
import { thresholdsOf } from '../../src/recognizer/thresholds.ts';

const recipe = recipeOf('dlib-resnet-v1+4views');
const thresholds = thresholdsOf(recipe);

interface Face {
  readonly person: string;
  readonly embedding: Float32Array;
}

/** Faces around a centre for each person; `faces` of each, in turn. */
function madeFaces(people: number, faces: readonly number[], seed = 5): readonly Face[] {
  const random = createRandom(seed);
  const around = (centre: ArrayLike<number>, spread: number) =>
    Float32Array.from(centre, (value) => value + (random() - 0.5) * spread);
  return Array.from({ length: people }, (_, i) => {
    const centre = around(new Float32Array(recipe.length), 0.1);
    return Array.from({ length: faces[i % faces.length]! }, () => ({
      person: `person ${i}`,
      embedding: around(centre, 0.08),
    }));
  }).flat();
}

async function galleryOf(faces: readonly Face[]) {
  const gallery = await openSqliteGallery(':memory:', {
    kind: { recipe: recipe.id, embeddingLength: recipe.length },
    accepts: (id) => id === recipe.id,
    create: true,
    collection: undefined,
    key: undefined,
  });
  for (const [i, { person, embedding }] of faces.entries()) {
    await gallery.addFace(person, {
      embedding,
      contentHash: `${i}`.padStart(64, '0'),
      fileName: null,
      box: { left: 0, top: 0, right: 1, bottom: 1 },
      quality: { sizePx: 100, sharpness: 1, brightness: 100 } as never,
      chip: null,
    });
  }
  return gallery;
}

async function evaluated(
  faces: readonly Face[],
  { threshold = 0.4, most, signal }: { threshold?: number | null; most?: number; signal?: AbortSignal } = {},
) {
  const gallery = await galleryOf(faces);
  try {
    const snapshot = await createGallerySearch(gallery, recipe)();
    const progress: string[] = [];
    const evaluate = () =>
      evaluateEnrolled(
        gallery,
        snapshot,
        { thresholds, threshold, most },
        { signal, onProgress: (done, total) => progress.push(`${done}/${total}`) },
      );
    return { evaluation: await evaluate(), again: await evaluate(), progress };
  } finally {
    await gallery.close();
  }
}

/** By definition: a gallery without the face, then one without its person, looked through row by row. */
function distancesByDefinition(faces: readonly Face[]) {
  const nearest = (face: Float32Array, enrolled: readonly Face[]) => {
    const people = [...new Set(enrolled.map(({ person }) => person))];
    const rows = people.flatMap((person) => {
      const own = enrolled.filter((each) => each.person === person).map(({ embedding }) => embedding);
      return [...own, personMean(own, recipe.partLengths) ?? []].filter(
        (row) => row.length > 0,
      ) as Float32Array[];
    });
    return Math.min(...rows.map((row) => euclideanDistance(face, row)));
  };
  return faces.map((face) => {
    const own = faces.filter((each) => each !== face && each.person === face.person);
    const others = faces.filter((each) => each.person !== face.person);
    return { own: nearest(face.embedding, own), other: nearest(face.embedding, others) };
  });
}

describe('the evaluation of the enrolled faces', () => {
  it('counts what galleries without the face, and without its person, would answer', async () => {
    const faces = madeFaces(30, [3, 1, 2]);
    const { evaluation, progress } = await evaluated(faces);
    const distances = distancesByDefinition(faces);
    const mated = distances.filter(({ own }) => Number.isFinite(own));
    expect(evaluation).toMatchObject({
      recipe: recipe.id,
      people: 30,
      faces: 60,
      peopleWithSeveral: 20,
      sampled: false,
      thresholdInForce: 0.4,
      calibrated: false,
      mated: { count: mated.length },
      nonmated: { count: 60 },
    });
    const sorted = Float64Array.from(distances, ({ other }) => other).sort();
    for (const point of evaluation.curve) {
      const missed = mated.filter(({ own, other }) => own > point.threshold || other < own);
      expect(point.falsePositiveRate).toBeCloseTo(countAtMost(sorted, point.threshold) / 60, 10);
      expect(point.falseNegativeRate).toBeCloseTo(missed.length / mated.length, 10);
      expect(point.expectedFalsePositiveRate).toBe(
        thresholds.identifyRate({ people: 30, faces: 60 }, point.threshold),
      );
    }
    const bins = new Array(60).fill(0);
    for (const other of sorted) bins[Math.min(59, Math.floor(other / evaluation.binWidth))]++;
    expect(evaluation.nonmated.bins).toEqual(bins);
    expect(evaluation.mated.bins.reduce((sum, count) => sum + count, 0)).toBe(mated.length);
    expect(evaluation.curve.map(({ threshold }) => threshold)).toContain(0.4);
    expect(evaluation.curve.length).toBeLessThanOrEqual(102);
    expect(progress.at(-1)).toBe('60/60');
  });

  it('draws some faces of many, always the same, and says so', async () => {
    const { evaluation, again } = await evaluated(madeFaces(40, [3, 1]), { most: 25 });
    expect(evaluation).toMatchObject({ people: 40, faces: 80, sampled: true, nonmated: { count: 25 } });
    // 60 of 80 faces have others of their person beside them.
    expect(evaluation.mated.count).toBeGreaterThan(12);
    expect(evaluation.mated.count).toBeLessThan(25);
    expect(again).toEqual(evaluation);
  });

  it('of nobody, one person, or people with one photo each has rates only where something was counted', async () => {
    const nobody = (await evaluated([])).evaluation;
    expect(nobody).toMatchObject({ people: 0, faces: 0, mated: { count: 0 }, nonmated: { count: 0 } });
    expect(nobody.binWidth).toBeGreaterThan(0);
    const alone = (await evaluated(madeFaces(1, [3]))).evaluation;
    expect(alone).toMatchObject({ people: 1, mated: { count: 3 }, nonmated: { count: 0 } });
    const single = (await evaluated(madeFaces(4, [1]))).evaluation;
    expect(single).toMatchObject({
      people: 4,
      peopleWithSeveral: 0,
      mated: { count: 0 },
      nonmated: { count: 4 },
    });
    for (const { curve } of [nobody, alone]) {
      expect(
        curve.every((point) => point.falsePositiveRate === null && point.falsePositiveInterval === null),
      ).toBe(true);
    }
    for (const { curve } of [nobody, single]) {
      expect(
        curve.every((point) => point.falseNegativeRate === null && point.falseNegativeInterval === null),
      ).toBe(true);
    }
    expect(alone.curve.at(-1)!.falseNegativeRate).toBe(0);
    expect(single.curve.at(-1)!.falsePositiveRate).toBe(1);
    const unknown = (await evaluated(madeFaces(2, [2]), { threshold: null })).evaluation;
    expect(unknown.thresholdInForce).toBeNull();
    expect(unknown.curve).toHaveLength(101);
  });

  it('knows no threshold of a recipe that nobody has measured', async () => {
    const unmeasured = await openRecognizer({ recipe: 'sface+mirror' });
    try {
      const { thresholdInForce, curve } = await unmeasured.evaluateEnrolled();
      expect(thresholdInForce).toBeNull();
      expect(curve[50]).toMatchObject({ expectedFalsePositiveRate: null });
      await expect(unmeasured.groupFaces([])).rejects.toMatchObject({ code: 'threshold_unknown' });
      expect(await unmeasured.groupFaces([], { threshold: 1 })).toEqual({ groups: [], threshold: 1 });
    } finally {
      await unmeasured.close();
    }
  });

  it('can be interrupted', async () => {
    const stopped = AbortSignal.abort();
    await expect(evaluated(madeFaces(3, [2]), { signal: stopped })).rejects.toMatchObject({
      code: 'aborted',
    });
  });
});
