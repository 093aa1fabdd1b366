import { type Command, InvalidArgumentError } from 'commander';
import { SCOPES, type Scope } from '../../api/scopes.ts';
import type { ApiKeys } from '../../server/index.ts';
import { addExamples, type RunContext } from '../command.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { aboveZero, addCommonOptions, type CommonFlags } from '../options.ts';
import { note, print, printJson } from '../output.ts';
import { locatePath } from '../picture-files.ts';
import { dateText, printable } from '../printable.ts';
import { renderTable } from '../table.ts';

interface KeysFlags extends CommonFlags {
  readonly data?: string;
}

interface CreateFlags extends KeysFlags {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expires?: number;
}

export function addKeys(program: Command, context: RunContext): void {
  const keys = program
    .command('keys')
    .summary('API keys of the server')
    .description('Makes, lists and revokes the keys that programs and browsers show to acquaint serve.');
  const create = keys
    .command('create')
    .description('Makes a key and shows it, once: only a hash of it is kept.')
    .requiredOption('--name <name>', 'what it is for')
    .requiredOption(
      '--scopes <list>',
      'what it allows: read, recognize, enroll, admin (which is all of them), with commas between',
      scopesFrom,
    )
    .option('--expires <days>', 'it works for so long', aboveZero);
  withData(create).action((flags: CreateFlags) => createKey(flags, context));
  addExamples(create, [
    ['acquaint keys create --name office --scopes admin', 'may do everything'],
    ['acquaint keys create --name door --scopes recognize --expires 365', 'may only search, for a year'],
  ]);
  const list = keys.command('list').description('Lists the keys, without their secrets.');
  withData(list).action((flags: KeysFlags) => listKeys(flags, context));
  const revoke = keys
    .command('revoke')
    .argument('<id>', 'of the key, as the list shows it')
    .description('Whoever uses the key is refused from now on, also by a server that runs.');
  withData(revoke).action((id: string, flags: KeysFlags) => revokeKey(id, flags, context));
}

function withData(command: Command): Command {
  command.option('--data <dir>', "the server's folder; default: the gallery's path with .server");
  return addCommonOptions(command, ['gallery']);
}

async function dataFolder({ data, gallery }: KeysFlags): Promise<string> {
  const { defaultDataFolder } = await import('../../server/index.ts');
  return data ? locatePath(data) : defaultDataFolder(await locatePath(gallery));
}

async function withKeys<Result>(
  folder: string,
  work: (keys: ApiKeys) => Result | Promise<Result>,
): Promise<Result> {
  const { ApiKeys, openServerStore } = await import('../../server/index.ts');
  const store = await openServerStore(folder);
  try {
    return await work(new ApiKeys(store));
  } finally {
    store.close();
  }
}

/** Makes no folder: null where nothing is kept. */
async function withKeptKeys<Result>(folder: string, work: (keys: ApiKeys) => Result): Promise<Result | null> {
  const { hasServerStore } = await import('../../server/index.ts');
  return hasServerStore(folder) ? withKeys(folder, work) : null;
}

async function createKey(flags: CreateFlags, context: RunContext): Promise<void> {
  const { name, scopes, expires } = flags;
  const { key, secret } = await withKeys(await dataFolder(flags), (keys) =>
    keys.create({ name, scopes, expiresInDays: expires }),
  );
  if (flags.json) {
    printJson({ key, secret });
  } else {
    print(secret);
    note(`Keep it: it is not shown again. Its id is ${key.id}; it allows ${key.scopes.join(', ')}.`);
  }
  context.finish(exitCodes.done);
}

async function revokeKey(id: string, flags: KeysFlags, context: RunContext): Promise<void> {
  const folder = await dataFolder(flags);
  if (!(await withKeptKeys(folder, (keys) => keys.revoke(id)))) {
    throw new UsageError(`Expected the id of a key in ${folder} but there is none; acquaint keys list`);
  }
  if (flags.json) printJson({ revoked: id });
  else print(`Revoked ${printable(id)}.`);
  context.finish(exitCodes.done);
}

async function listKeys(flags: KeysFlags, context: RunContext): Promise<void> {
  const folder = await dataFolder(flags);
  const keys = await withKeptKeys(folder, (store) => store.list());
  if (keys === null && !flags.quiet)
    note(`Nothing is kept in ${folder}: no key was made there yet. acquaint keys create makes one.`);
  if (flags.json) printJson({ keys: keys ?? [] });
  else if (keys?.length === 0) note('There is no key yet: acquaint keys create');
  else if (keys) printKeys(keys);
  context.finish(exitCodes.done);
}

function printKeys(keys: ReturnType<ApiKeys['list']>): void {
  print(
    renderTable(
      [
        { title: 'id' },
        { title: 'name' },
        { title: 'allows' },
        { title: 'since' },
        { title: 'until' },
        { title: 'used' },
      ],
      keys.map(({ id, name, scopes, createdAt, expiresAt, lastUsedAt }) => [
        id,
        printable(name),
        scopes.join(', '),
        dateText(createdAt),
        expiresAt ? dateText(expiresAt) : '-',
        lastUsedAt ? dateText(lastUsedAt) : 'never',
      ]),
    ),
  );
}

function scopesFrom(text: string): readonly Scope[] {
  const scopes = text.split(',').map((scope) => scope.trim());
  if (scopes.length > 0 && scopes.every((scope) => SCOPES.some((known) => known === scope)))
    return scopes as readonly Scope[];
  throw new InvalidArgumentError(`Expected scopes out of ${SCOPES.join(', ')} but received ${text}.`);
}
