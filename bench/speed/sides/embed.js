// acquaint: embeddings of aligned chips.
import { createDecoder, openRecognizer } from 'acquaint';
import { serve } from './process.js';

await serve(async ({ chip, count, threads }) => {
  const recognizer = await openRecognizer({ effort: 'fast', threadsPerPicture: threads });
  const { image } = await createDecoder().decode(chip);
  const chips = Array.from({ length: count }, () => image);
  const run = async () => {
    await recognizer.embedChips(chips);
  };
  await run();
  return { run, close: () => recognizer.close() };
});
