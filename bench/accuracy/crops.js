// Why does an embedding from a kept crop differ from that of the picture: by the landmarks, by the JPEG, or by the black
// beyond the crop? And would it help to predict the landmarks in the crop, or to fill the black?
// node bench/accuracy/crops.js --lfw DIR --models DIR [--recipe NAME] [--pictures 60]        (npm run build first)
import { parseArgs } from 'node:util';
import { createDecoder, euclideanDistance, openRecognizer, readLfwPairs } from 'acquaint';
import { chipCoverage, dlibChipLandmarks, dlibChipRegion, extractChip } from '../../dist/core/chip.js';
import { extractViews, viewsOfDlibChip } from '../../dist/core/chip-views.js';
import { joined, meanEmbedding, scaleByNorm, scaled } from '../../dist/core/distance.js';
import { createImage } from '../../dist/core/image.js';
import { encodeJpeg } from '../../dist/imaging/encode.js';
import { createModels } from '../../dist/recognizer/models.js';
import { recipeOf } from '../../dist/recognizer/recipes.js';
import { createOnnxRuntime } from '../../dist/runtime/onnx-runtime.js';

const { values } = parseArgs({
  options: {
    lfw: { type: 'string' },
    models: { type: 'string' },
    recipe: { type: 'string', default: 'mobilefacenet-512+mirror' },
    pictures: { type: 'string', default: '60' },
  },
});
if (!values.lfw || !values.models) throw new Error('Expected --lfw DIR and --models DIR');

const SIDE = 150;
/** As enrolling keeps crops. */
const JPEG_QUALITY = 90;
/** Beyond the crop, pixels of it. */
const MARGIN = 40;
const GREY = 127;

const recipe = recipeOf(values.recipe);
const models = createModels(createOnnxRuntime({ threads: 2 }), { packs: values.models });
const five = await models.landmarks(5);
const faces = await facesOfLfw(Number(values.pictures));
const box = meanBox();
const distances = new Map();
for (const face of faces) await measure(face);
console.log(`${recipe.id}: distance from the embedding of the picture, ${faces.length} faces of LFW\n`);
for (const [way, list] of distances) {
  list.sort((a, b) => a - b);
  console.log(`${way.padEnd(52)} median ${at(list, 0.5)}   95 % below ${at(list, 0.95)}`);
}

async function facesOfLfw(count) {
  const paths = [...new Set((await readLfwPairs(values.lfw)).flatMap(({ a, b }) => [a, b]))].sort();
  const recognizer = await openRecognizer();
  const found = [];
  for (let i = 0; i < count; i++) {
    const { image } = await createDecoder().decode(paths[Math.floor((i * paths.length) / count)]);
    const { faces: detected } = await recognizer.detect(image);
    const off = ({ box: { left, top, right, bottom } }) =>
      Math.hypot(left + right - image.width, top + bottom - image.height);
    const nearest = [...detected].sort((a, b) => off(a) - off(b))[0];
    if (!nearest) continue;
    const landmarks = five.predictSteady(image, nearest.box).points;
    found.push({ image, box: nearest.box, landmarks, region: dlibChipRegion(landmarks) });
  }
  await recognizer.close();
  return found;
}

/** The detector's box as it lies in the crops on average. */
function meanBox() {
  const mean = (of) => faces.reduce((sum, face) => sum + of(face), 0) / faces.length;
  const middles = faces.map(({ box: { left, top, right, bottom }, region }) =>
    toCrop(region)({ x: (left + right - 1) / 2, y: (top + bottom - 1) / 2 }),
  );
  const x = middles.reduce((sum, point) => sum + point.x, 0) / faces.length;
  const y = middles.reduce((sum, point) => sum + point.y, 0) / faces.length;
  const reach = (mean(({ box, region }) => ((box.right - box.left) * SIDE) / region.side) - 1) / 2;
  const [left, top] = [Math.round(x - reach), Math.round(y - reach)];
  return { left, top, right: Math.round(x + reach) + 1, bottom: Math.round(y + reach) + 1 };
}

async function measure({ image, landmarks, region }) {
  const whole = extractChip(image, region, SIDE);
  const { image: crop } = await createDecoder().decode(await encodeJpeg(whole, JPEG_QUALITY));
  const own = landmarks.map(toCrop(region));
  const picture = await embed((net, views) =>
    extractViews(image, net.chipRegion(landmarks), net.chipSize, views),
  );
  const from = (source, points) => (net, views) =>
    extractViews(source, net.chipRegion(points), net.chipSize, views);
  const shifted = dlibChipLandmarks(SIDE).map(({ x, y }) => ({ x: x + MARGIN, y: y + MARGIN }));
  const ways = {
    'crop, mean landmarks (as migrate does)': (net, views) => viewsOfDlibChip(crop, net, views),
    'crop, landmarks predicted in it from the mean box': from(crop, five.predictSteady(crop, box).points),
    'crop, the landmarks of the picture': from(crop, own),
    'crop without loss, the landmarks of the picture': from(whole, own),
    'picture, black where the crop ends': from(blackened(image, region), landmarks),
    'crop, grey beyond it': from(
      framed(crop, () => GREY),
      shifted,
    ),
    'crop, its edge repeated beyond it': from(framed(crop, nearestIn(crop)), shifted),
  };
  for (const [way, viewsOf] of Object.entries(ways)) {
    distances.set(way, [...(distances.get(way) ?? []), euclideanDistance(picture, await embed(viewsOf))]);
  }
}

async function embed(viewsOf) {
  const parts = [];
  for (const { embedder, views, normPower, weight } of recipe.parts) {
    const net = await models.embedder(embedder);
    parts.push(scaled(scaleByNorm(meanEmbedding(await net.embed(viewsOf(net, views))), normPower), weight));
  }
  return joined(parts);
}

/** From the picture to pixels of the crop. */
function toCrop({ centre, side, angle }) {
  const scale = (SIDE - 1) / (side - 1);
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
  return ({ x, y }) => {
    const [dx, dy] = [x - centre.x, y - centre.y];
    return { x: (SIDE - 1) / 2 + cos * dx + sin * dy, y: (SIDE - 1) / 2 + cos * dy - sin * dx };
  };
}

function blackened(image, region) {
  const dark = createImage(image.width, image.height);
  const inCrop = toCrop(region);
  const covered = chipCoverage(image, region, SIDE);
  for (let i = 0; i < image.width * image.height; i++) {
    const { x, y } = inCrop({ x: i % image.width, y: Math.floor(i / image.width) });
    const [column, row] = [Math.round(x), Math.round(y)];
    const isIn = column >= 0 && row >= 0 && column < SIDE && row < SIDE && covered[row * SIDE + column] === 1;
    if (isIn) dark.data.set(image.data.subarray(3 * i, 3 * i + 3), 3 * i);
  }
  return dark;
}

/** The crop with a margin of what `beyond` says: a channel's value at a place outside the crop. */
function framed(crop, beyond) {
  const side = SIDE + 2 * MARGIN;
  const frame = createImage(side, side);
  for (let i = 0; i < frame.data.length; i++) {
    const [x, y] = [(Math.floor(i / 3) % side) - MARGIN, Math.floor(i / 3 / side) - MARGIN];
    const isIn = x >= 0 && y >= 0 && x < SIDE && y < SIDE;
    frame.data[i] = isIn ? crop.data[3 * (y * SIDE + x) + (i % 3)] : beyond(x, y, i % 3);
  }
  return frame;
}

function nearestIn(crop) {
  const inside = (value) => Math.max(0, Math.min(SIDE - 1, value));
  return (x, y, channel) => crop.data[3 * (inside(y) * SIDE + inside(x)) + channel];
}

function at(sorted, share) {
  return sorted[Math.floor(share * (sorted.length - 1))].toFixed(3);
}
