// The two constants of the recipes that were chosen on LFW, by cross-validation over its ten folds: each fold is measured
// with the constant (and the threshold) that was best on the nine others.
// node bench/accuracy/constants.js --lfw DIR --models DIR [--cache DIR]      (npm run build first)
import { parseArgs } from 'node:util';
import { LFW_OPTIONS, openLfw } from './lfw.js';

const { values } = parseArgs({ options: LFW_OPTIONS });
const FOLDS = 10;
const NORM_POWERS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
const WEIGHTS = [0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 1, 1.5];
/** The power that the recipe was built with: it is taken out again. */
const BUILT_POWER = 0.5;

const lfw = await openLfw(values);
const index = new Map(lfw.paths.map((path, i) => [path, i]));
const dlib = (await lfw.embed('dlib-resnet-v1+4views')).map((embedding) =>
  scaled(embedding, norm(embedding) ** (BUILT_POWER / (1 - BUILT_POWER))),
);

choose('power of the norm, dlib-resnet-v1+4views', NORM_POWERS, (power) => {
  const embeddings = dlib.map((embedding) => scaled(embedding, norm(embedding) ** -power));
  return (a, b) => squares(embeddings[a], embeddings[b]);
});

const mobile = await lfw.embed('mobilefacenet-512+mirror');
const partlyNormed = dlib.map((embedding) => scaled(embedding, norm(embedding) ** -BUILT_POWER));
choose('weight of mobilefacenet-512+mirror beside dlib-resnet-v1+4views', WEIGHTS, (weight) => {
  return (a, b) => squares(partlyNormed[a], partlyNormed[b]) + weight ** 2 * squares(mobile[a], mobile[b]);
});

/** For every candidate the figures over all pairs, and those of the folds with what was best on the others. */
function choose(title, candidates, squaredDistance) {
  console.log(`\n## ${title}\n\nvalue  log loss  accuracy  TAR at FAR 1e-3`);
  const measured = candidates.map((value) => {
    const between = squaredDistance(value);
    const pairs = lfw.pairs.map(({ a, b, same, fold }) => ({
      distance: Math.sqrt(between(index.get(a), index.get(b))),
      same,
      fold,
    }));
    const folds = Array.from({ length: FOLDS }, (_, fold) => {
      const others = pairs.filter((pair) => pair.fold !== fold);
      const fitted = logisticRegression(others);
      const own = pairs.filter((pair) => pair.fold === fold);
      const accuracy = (list) =>
        list.filter(({ distance, same }) => distance <= fitted.evenOdds === same).length / list.length;
      return { loss: fitted.loss, accuracy: accuracy(own), accuracyOnOthers: accuracy(others) };
    });
    const loss = mean(folds.map((fold) => fold.loss));
    const accuracy = mean(folds.map((fold) => fold.accuracy));
    console.log(
      `${value.toFixed(2).padEnd(6)} ${loss.toFixed(5)}   ${(100 * accuracy).toFixed(2)} %   ${(100 * acceptRate(pairs, 0.001)).toFixed(2)} %`,
    );
    return { value, folds };
  });
  const byLoss = ({ folds }, fold) => -folds[fold].loss;
  const byAccuracy = ({ folds }, fold) => folds[fold].accuracyOnOthers - folds[fold].loss / 1000;
  for (const [criterion, worth] of Object.entries({ accuracy: byAccuracy, 'log loss': byLoss })) {
    const chosen = Array.from({ length: FOLDS }, (_, fold) =>
      measured.reduce((best, each) => (worth(each, fold) > worth(best, fold) ? each : best)),
    );
    const accuracies = chosen.map(({ folds }, fold) => folds[fold].accuracy);
    console.log(
      `best on the nine other folds by ${criterion}: ${chosen.map(({ value }) => value).join(', ')}; ` +
        `accuracy on the tenth ${(100 * mean(accuracies)).toFixed(2)} %`,
    );
  }
}

/** Newton's method on two coefficients. */
function logisticRegression(pairs) {
  let bias = 20;
  let slope = -40;
  for (let step = 0; step < 50; step++) {
    const g = [0, 0];
    const h = [1e-9, 0, 1e-9];
    for (const { distance, same } of pairs) {
      const p = 1 / (1 + Math.exp(-(bias + slope * distance)));
      const error = p - (same ? 1 : 0);
      g[0] += error;
      g[1] += error * distance;
      const w = p * (1 - p);
      h[0] += w;
      h[1] += w * distance;
      h[2] += w * distance * distance;
    }
    const determinant = h[0] * h[2] - h[1] ** 2;
    const change = [(h[2] * g[0] - h[1] * g[1]) / determinant, (h[0] * g[1] - h[1] * g[0]) / determinant];
    const share = Math.min(1, 5 / Math.max(Math.abs(change[0]), Math.abs(change[1])));
    bias -= share * change[0];
    slope -= share * change[1];
    if (Math.abs(change[0]) + Math.abs(change[1]) < 1e-7) break;
  }
  const loss = mean(
    pairs.map(({ distance, same }) =>
      Math.log1p(Math.exp(same ? -(bias + slope * distance) : bias + slope * distance)),
    ),
  );
  return { loss, evenOdds: -bias / slope };
}

function acceptRate(pairs, falseMatchRate) {
  const impostors = pairs.filter(({ same }) => !same).map(({ distance }) => distance);
  impostors.sort((a, b) => a - b);
  const limit = impostors[Math.floor(falseMatchRate * impostors.length + 1e-9)];
  const genuine = pairs.filter(({ same }) => same);
  return genuine.filter(({ distance }) => distance < limit).length / genuine.length;
}

function norm(embedding) {
  return Math.sqrt(embedding.reduce((sum, value) => sum + value * value, 0));
}

function scaled(embedding, factor) {
  return embedding.map((value) => value * factor);
}

function squares(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum;
}

function mean(list) {
  return list.reduce((sum, value) => sum + value, 0) / list.length;
}
