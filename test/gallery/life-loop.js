// Does to a gallery what can happen to people, over and over, until it is killed; prints a line before and after each change.
// The line after is written when the change is acknowledged: what it says must be there when the process is gone.
import { randomBytes } from 'node:crypto';
import { openSqliteGallery } from '../../dist/gallery/sqlite-gallery.js';

const [path, seed] = process.argv.slice(2);
const kind = { recipe: 'test-recipe', embeddingLength: 128 };
const gallery = await openSqliteGallery(path, { kind, create: true });
const tell = (event) => process.stdout.write(`${JSON.stringify(event)}\n`);

function face() {
  return {
    embedding: Float32Array.from({ length: 128 }, () => Math.random()),
    contentHash: randomBytes(32).toString('hex'),
    fileName: null,
    box: { left: 0, top: 0, right: 9, bottom: 9 },
    quality: { sizePx: 9, sharpness: 1, brightness: 1 },
    chip: randomBytes(3000),
  };
}

for (let i = 0; ; i++) {
  const [kept, merged, gone] = ['kept', 'merged', 'gone'].map((kind) => `${kind} ${seed} ${i}`);
  const enrolled = await gallery.addFace(kept, face());
  tell({ done: 'enrolled', name: kept, face: enrolled.face.id });
  const other = await gallery.addFace(merged, face());
  tell({ begun: 'merge', name: merged });
  await gallery.merge(other.person.id, enrolled.person.id);
  tell({ done: 'merged', name: merged, into: kept, face: other.face.id });
  const doomed = face();
  await gallery.addFace(gone, doomed);
  tell({ begun: 'forget', name: gone, bytes: Buffer.from(doomed.chip.subarray(0, 24)).toString('hex') });
  await gallery.forget([gone]);
  tell({ done: 'forgotten', name: gone });
  if ((Number(seed) + i) % 3 === 0) await migrate(`team-${seed}-${i}`);
}

/** A collection of its own, changed to another recipe. */
async function migrate(collection) {
  const team = await openSqliteGallery(path, { kind, create: true, collection });
  for (let n = 0; n < 10; n++) await team.addFace('Somebody', face());
  const faces = await team.facesToEmbed('other-recipe', 1000, 0);
  const embedding = new Float32Array(64).fill(0.5);
  await team.stageEmbeddings(
    'other-recipe',
    faces.map(({ faceId }) => ({ faceId, embedding, source: 'picture' })),
  );
  tell({ begun: 'switch', collection });
  await team.switchRecipe('other-recipe', 64);
  tell({ done: 'switched', collection });
  await team.close();
}
