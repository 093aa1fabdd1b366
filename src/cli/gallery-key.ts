import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { GalleryKey } from '../index.ts';
import { UsageError } from './exit-codes.ts';
import { locatePath } from './picture-files.ts';

/** Read from the environment, never from the command line, where every user of the machine could see it. */
export const PASSPHRASE_VARIABLE = 'ACQUAINT_PASSPHRASE';

/** Gives the options of `command` the gallery's key: of --key-file, else of the environment's passphrase. */
export async function loadKey(command: Command): Promise<void> {
  const file: unknown = command.getOptionValue('keyFile');
  const key = await keyFrom(typeof file === 'string' ? file : undefined, process.env[PASSPHRASE_VARIABLE]);
  if (key) command.setOptionValue('key', key);
}

/** throws  UsageError for a key file that cannot be read */
export async function keyFrom(
  file: string | undefined,
  passphrase: string | undefined,
): Promise<GalleryKey | undefined> {
  if (file) return { keyFile: await readKeyFile(file) };
  return passphrase ? { passphrase } : undefined;
}

async function readKeyFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(await locatePath(file));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new UsageError(`Expected to read the key file ${file} but it cannot be read (${code}).`);
  }
}
