import { basename } from 'node:path';
import { cacheFolder, measurePictures, openEmbeddingCache, openRecognizer, readLfwPairs } from 'acquaint';

/** Options of every bench on LFW. */
export const LFW_OPTIONS = {
  lfw: { type: 'string' },
  cache: { type: 'string' },
  models: { type: 'string' },
};

/**
 * The pictures of LFW's protocol, measured as `acquaint evaluate --lfw` measures them: the face nearest the centre. Embeddings
 * are kept in the cache, so that a second run takes seconds.
 */
export async function openLfw({ lfw, cache = cacheFolder(), models }) {
  if (!lfw) throw new Error('Expected --lfw DIR, the folder with pairs.txt and the pictures of LFW');
  const pairs = await readLfwPairs(lfw);
  const paths = [...new Set(pairs.flatMap(({ a, b }) => [a, b]))].sort();
  /** The faces of all pictures, in the order of the paths. */
  const measure = async (recipe) => {
    const recognizer = await openRecognizer({ recipe, modelsFolder: models });
    const kept = await openEmbeddingCache(cache, recognizer.analysisKey);
    const { faces, unusable } = await measurePictures(recognizer, paths, { choose: 'centre', cache: kept });
    await kept.close();
    await recognizer.close();
    if (unusable.length > 0) {
      throw new Error(`Expected a face in every picture but ${unusable.length} have none`);
    }
    console.error(`${recipe}: ${faces.size} faces`);
    return paths.map((path) => faces.get(path));
  };
  return {
    pairs,
    paths,
    people: paths.map((path) => basename(path).replace(/_\d+\.jpg$/, '')),
    measure,
    embed: async (recipe) => (await measure(recipe)).map(({ embedding }) => embedding),
  };
}

/** Counts of distances in steps of STEP. */
export const STEP = 0.0005;
const BINS = 4000;

/** Distances of all pairs of different people and of one person; in both directions where the recipes differ. */
export function histograms(as, bs, people) {
  const impostors = new Float64Array(BINS);
  const genuine = new Float64Array(BINS);
  for (let i = 0; i < as.length; i++) {
    for (let k = as === bs ? i + 1 : 0; k < bs.length; k++) {
      if (i === k) continue;
      const bin = Math.min(BINS - 1, Math.floor(distanceOf(as[i], bs[k]) / STEP));
      (people[i] === people[k] ? genuine : impostors)[bin]++;
    }
  }
  return { impostors, genuine };
}

function distanceOf(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i] - b[i];
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}

export function total(bins) {
  return bins.reduce((sum, count) => sum + count, 0);
}

/** The distance that a share of the pairs lies below. */
export function distanceAt(bins, share) {
  const wanted = share * total(bins);
  let sum = 0;
  for (let bin = 0; bin < BINS; bin++) {
    if (sum + bins[bin] > wanted) return (bin + (wanted - sum) / bins[bin]) * STEP;
    sum += bins[bin];
  }
  return BINS * STEP;
}

/** Draws from lists, the same in every run. */
export function createDraw(seed) {
  let state = seed;
  const random = () => {
    // Park and Miller's generator.
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return (items, count) =>
    items
      .map((item) => ({ item, key: random() }))
      .sort((a, b) => a.key - b.key)
      .slice(0, count)
      .map(({ item }) => item);
}
