// (c) How long does it take to find who is nearest among 10,000 faces, by ours, by face-api's FaceMatcher and by a plain loop?
// A whole `identify` of a photo is (a) and this.
import { createExactSearcher } from '../../dist/gallery/exact-searcher.js';
import { summary } from './harness.js';
import { openFaceApi, peersMissing } from './sides/tensorflow.js';

const FACES = 10_000;
const LENGTH = 128;
const QUERIES = 20;

export async function benchIdentify(report, { rounds }) {
  const faces = Array.from({ length: FACES }, (_, i) => face(i + 1));
  const queries = Array.from({ length: QUERIES }, (_, i) =>
    faces[i * 37].map((x, j) => x + 0.02 * Math.sin(j)),
  );
  const rows = faces.map((embedding, i) => ({ personId: `p${i}`, embedding }));
  const searcher = createExactSearcher(rows, LENGTH);
  const ways = { 'acquaint, exact': (query) => searcher.search(query, 1)[0].personId };
  if (!peersMissing()) {
    const { faceApi } = await openFaceApi();
    const labelled = faces.map((embedding, i) => new faceApi.LabeledFaceDescriptors(`p${i}`, [embedding]));
    const matcher = new faceApi.FaceMatcher(labelled, 10);
    ways['face-api, FaceMatcher'] = (query) => matcher.findBestMatch(query).label;
  }
  ways['a plain loop'] = (query) => `p${nearest(faces, query)}`;
  const runs = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds * 3; round++) {
    for (const [name, find] of Object.entries(ways)) {
      const start = performance.now();
      for (let i = 0; i < QUERIES; i++) {
        if (find(queries[i]) !== `p${i * 37}`) throw new Error(`${name} found another face`);
      }
      runs[name].push({ ms: (performance.now() - start) / QUERIES });
    }
  }
  const results = Object.entries(runs).map(([name, list]) => [name, summary(list.slice(rounds))]);
  report.compared(`The nearest of ${FACES} faces`, Object.fromEntries(results));
}

/** Numbers of about the length that embeddings have; the same every time. */
function face(seed) {
  let state = seed * 2654435761;
  return Float32Array.from({ length: LENGTH }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 0.4;
  });
}

function nearest(faces, query) {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  faces.forEach((embedding, i) => {
    let sum = 0;
    for (let j = 0; j < LENGTH; j++) sum += (embedding[j] - query[j]) ** 2;
    if (sum < least) [best, least] = [i, sum];
  });
  return best;
}
