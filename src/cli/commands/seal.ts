import type { Command } from 'commander';
import { addExamples, type RunContext } from '../command.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { keyFrom } from '../gallery-key.ts';
import { withPeople } from '../open-gallery.ts';
import { addCommonOptions, type CommonFlags } from '../options.ts';
import { print, printJson } from '../output.ts';

interface SealFlags extends CommonFlags {
  readonly newKeyFile?: string;
  readonly off?: boolean;
}

/** Where the new passphrase comes from: the environment, like the present one. */
const NEW_PASSPHRASE_VARIABLE = 'ACQUAINT_NEW_PASSPHRASE';

export function addSeal(program: Command, context: RunContext): void {
  const command = program
    .command('seal')
    .summary('encrypt a gallery, or change its key')
    .description(
      'Seals names, embeddings, crops and metadata of all collections with AES-256-GCM, by a key file or by the passphrase ' +
        `in $${NEW_PASSPHRASE_VARIABLE}. From then on every command needs --key-file, or the passphrase in $ACQUAINT_PASSPHRASE. ` +
        'Whoever loses the key has lost the gallery.',
    )
    .option('--new-key-file <path>', 'seal by this file; 32 random bytes are right')
    .option('--off', 'open the gallery for good');
  addCommonOptions(command, ['gallery']);
  addExamples(command, [
    ['head -c 32 /dev/urandom > people.key && acquaint seal --new-key-file people.key', 'by a key file'],
    ['acquaint people --key-file people.key', 'from then on'],
    ['acquaint seal --key-file people.key --new-key-file next.key', 'another key'],
    ['acquaint seal --key-file people.key --off', 'for everybody to read'],
  ]);
  command.action(async (flags: SealFlags) => {
    if (flags.off && (flags.newKeyFile !== undefined || process.env[NEW_PASSPHRASE_VARIABLE])) {
      throw new UsageError(
        `Expected either --off or a new key for seal but received both: leave --off out, or --new-key-file and $${NEW_PASSPHRASE_VARIABLE}.`,
      );
    }
    const key = flags.off ? null : await keyFrom(flags.newKeyFile, process.env[NEW_PASSPHRASE_VARIABLE]);
    if (key === undefined) {
      throw new UsageError(
        `Expected --new-key-file, a passphrase in $${NEW_PASSPHRASE_VARIABLE}, or --off for seal.`,
      );
    }
    await withPeople(flags, ({ gallery }) => gallery.reseal(key));
    if (flags.json) printJson({ sealed: key !== null });
    else
      print(
        key === null ? 'The gallery is open to everybody who may read the file.' : 'The gallery is sealed.',
      );
    context.finish(exitCodes.done);
  });
}
