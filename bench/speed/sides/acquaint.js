// acquaint: detect and embed one photo, from its file.
import { openRecognizer } from 'acquaint';
import { serve } from './process.js';

await serve(async ({ photo, ...options }) => {
  const recognizer = await openRecognizer(options);
  const run = async () => ({ faces: (await recognizer.embed(photo)).faces.map(({ box }) => box) });
  await run();
  return { run, close: () => recognizer.close() };
});
