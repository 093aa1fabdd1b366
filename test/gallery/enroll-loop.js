// Enrols until it is killed; prints the picture's hash of each face once it is acknowledged.
import { randomBytes } from 'node:crypto';
import { openSqliteGallery } from '../../dist/gallery/sqlite-gallery.js';

const [path, name, count] = process.argv.slice(2);
const gallery = await openSqliteGallery(path, {
  kind: { recipe: 'test-recipe', embeddingLength: 128 },
  create: true,
});
for (let i = 0; i < Number(count); i++) {
  const contentHash = randomBytes(32).toString('hex');
  await gallery.addFace(`${name} ${i % 7}`, {
    embedding: Float32Array.from({ length: 128 }, () => Math.random()),
    contentHash,
    fileName: null,
    box: { left: 0, top: 0, right: 9, bottom: 9 },
    quality: {
      sizePx: 9,
      sharpness: 1,
      brightness: 1,
      contrast: 1,
      yaw: 0,
      roll: 0,
      eyeLight: 1,
      mouthLines: 0.125,
      outside: 0,
      landmarkSpread: null,
      viewSpread: null,
    },
    chip: randomBytes(3000),
  });
  process.stdout.write(`${contentHash}\n`);
}
await gallery.close();
