import { join } from 'node:path';
import type { PadPicture } from '../index.ts';
import { labelledPicturesBelow } from './enroll-jobs.ts';
import { loadLibrary } from './library.ts';
import type { Failure } from './output.ts';
import { readFolder } from './picture-files.ts';

/** The folder with the people before the camera; every folder beside it is a kind of attack. */
const LIVE_FOLDER = 'real';

export interface PadPictures {
  readonly pictures: readonly PadPicture[];
  /** Folders of people that could not be read or hold no pictures. */
  readonly failures: readonly Failure[];
}

/**
 * Pictures to measure attacks by: real/PERSON/… and KIND/PERSON/….
 * throws  AcquaintError('too_few_people') that says what is wrong with the folder
 */
export async function padPicturesBelow(folder: string): Promise<PadPictures> {
  const content = await readFolder(folder);
  const kinds =
    'failure' in content ? [] : content.items.filter(({ isFolder }) => isFolder).map(({ name }) => name);
  if (!kinds.includes(LIVE_FOLDER) || kinds.length < 2) {
    const { AcquaintError } = await loadLibrary();
    throw new AcquaintError(
      'too_few_people',
      `Expected ${join(folder, LIVE_FOLDER, 'PERSON')} with pictures of people before the camera, and a folder like ` +
        `${join(folder, 'print', 'PERSON')} for each kind of attack, but found ${kinds.join(', ') || 'no folders'}`,
    );
  }
  const found = await Promise.all(kinds.map((kind) => picturesOf(join(folder, kind), kind)));
  return {
    pictures: found.flatMap(({ pictures }) => pictures),
    failures: found.flatMap(({ failures }) => failures),
  };
}

async function picturesOf(folder: string, kind: string): Promise<PadPictures> {
  const { pictures, failures } = await labelledPicturesBelow(folder);
  const attack = kind === LIVE_FOLDER ? null : kind.normalize('NFC');
  return { pictures: pictures.map((picture) => ({ ...picture, attack })), failures };
}
