import type { Recognizer } from '../index.ts';
import { loadLibrary } from './library.ts';
import { type CommonFlags, recognizerOptions } from './options.ts';
import { locatePath } from './picture-files.ts';

/**
 * Works on a gallery that exists, and closes it whatever happens.
 * throws AcquaintError('gallery_missing' and the gallery's others)
 */
export async function withGallery<T>(
  flags: CommonFlags,
  work: (recognizer: Recognizer) => Promise<T>,
): Promise<T> {
  const { openRecognizer } = await loadLibrary();
  const gallery = await locatePath(flags.gallery);
  const recognizer = await openRecognizer({ ...recognizerOptions(flags), gallery, createGallery: false });
  try {
    return await work(recognizer);
  } finally {
    await recognizer.close();
  }
}

/** The same for commands that compare nothing: whatever models are asked for, or allowed, people are listed and forgotten. */
export function withPeople<T>(
  { gallery, collection, key }: Pick<CommonFlags, 'gallery' | 'collection' | 'key'>,
  work: (recognizer: Recognizer) => Promise<T>,
): Promise<T> {
  return withGallery({ gallery, ...(collection && { collection }), ...(key && { key }) }, work);
}
