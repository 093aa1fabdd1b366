// acquaint: who is in a photo, from its file.
import { openRecognizer } from 'acquaint';
import { serve } from './process.js';

await serve(async ({ photo, gallery }) => {
  const recognizer = await openRecognizer({ gallery });
  const run = async () => ({ faces: (await recognizer.identify(photo)).faces.map(({ box }) => box) });
  await run();
  return { run, close: () => recognizer.close() };
});
