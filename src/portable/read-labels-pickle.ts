import { AcquaintError } from '../errors.ts';
import { inFile } from './import-error.ts';
import { readWhole } from './open-file.ts';
import { CodeInPickle, readPickledTexts } from './pickle-text.ts';

/** 2 million names, the most that are taken, have about 50. */
const MAX_PICKLE_BYTES = 64 * 1024 * 1024;

/**
 * The texts of a list that Python has pickled: `pickle.dump(["Ada", "Grace"], file)`, by protocol 0 to 5, a list or a
 * tuple, str of Python 3, unicode or str of Python 2. Nothing of the pickle is ever executed.
 * throws  AcquaintError('unsafe_pickle') for one that asks to run code, as every pickle of other objects does (also
 *         NumPy's arrays), saying what was found; 'bad_import' for other values, damage, and more than 64 MiB.
 *         No message repeats a text of the list
 */
export async function readLabelsPickle(path: string): Promise<readonly string[]> {
  const bytes = await readWhole(path, MAX_PICKLE_BYTES);
  try {
    return readPickledTexts(bytes);
  } catch (error) {
    throw error instanceof CodeInPickle ? unsafePickle(path, error) : inFile(path, error);
  }
}

function unsafePickle(path: string, { found }: CodeInPickle): AcquaintError {
  return new AcquaintError(
    'unsafe_pickle',
    `Expected a list of text in ${path} but received a pickle that asks to run code (${found}); nothing was run. ` +
      'If it is yours, save the labels as a plain list: pickle.dump([str(label) for label in labels], file)',
  );
}
