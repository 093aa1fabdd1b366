// Enrols people and forgets every third of them again; prints each change once it is acknowledged.
import { randomBytes } from 'node:crypto';
import { openSqliteGallery } from '../../dist/gallery/sqlite-gallery.js';

const gallery = await openSqliteGallery(process.argv[2], {
  kind: { recipe: 'dlib-resnet-v1', embeddingLength: 128 },
  create: false,
});
for (let i = 0; i < 80; i++) {
  const embedding = Float32Array.from({ length: 128 }, () => Math.random());
  const contentHash = randomBytes(32).toString('hex');
  const face = { embedding, contentHash, fileName: null, box: null, quality: null, chip: null };
  const { person } = await gallery.addFace(`Person ${i}`, face);
  const tell = (isForgotten) =>
    process.stdout.write(
      `${JSON.stringify({ person: person.id, embedding: [...embedding], isForgotten })}\n`,
    );
  if (i % 3 !== 0) tell(false);
  else {
    await gallery.forget([`Person ${i}`]);
    tell(true);
  }
  await new Promise((resolve) => setTimeout(resolve, 5));
}
await gallery.close();
