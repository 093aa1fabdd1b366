import type { Command } from 'commander';
import type { Collection, Expired } from '../../index.ts';
import { addExamples, type RunContext } from '../command.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { withPeople } from '../open-gallery.ts';
import { aboveZero, addCommonOptions, atLeastZero, type CommonFlags, share } from '../options.ts';
import { counted, print, printJson } from '../output.ts';
import { renderTable } from '../table.ts';

interface SettingFlags extends CommonFlags {
  readonly setThreshold?: number | false;
  readonly setRate?: number | false;
  readonly grace?: number;
  readonly retention?: number | false;
  readonly drop?: string;
  readonly yes?: boolean;
}

export function addCollections(program: Command, context: RunContext): void {
  const command = program
    .command('collections')
    .summary('the collections of a gallery and their rules')
    .description(
      'Lists the collections of the gallery. Each has its people, recipe and rules; --collection NAME chooses one for ' +
        'any command, and enroll makes it. With options: changes the rules of the chosen one.',
    )
    .option('--set-threshold <distance>', 'greatest distance of a match in this collection', aboveZero)
    .option('--no-set-threshold', 'back to the threshold of the rate')
    .option('--set-rate <share>', 'strangers who may get a name in this collection', share)
    .option('--no-set-rate', 'back to the usual rate')
    .option('--grace <days>', 'days in which what was removed can be undone', atLeastZero)
    .option('--retention <days>', 'erase people of whom nothing has changed for so long', aboveZero)
    .option('--no-retention', 'keep people as long as they are not forgotten')
    .option('--drop <name>', 'erase another collection with everybody in it, for good')
    .option('-y, --yes', 'erase at once whoever --drop, --retention or --grace is about');
  addCommonOptions(command, ['gallery']);
  addExamples(command, [
    ['acquaint collections', 'all of them'],
    ['acquaint enroll guests/ --collection guests', 'makes one'],
    ['acquaint collections --collection guests --retention 90 --grace 7', 'guests are erased after 90 days'],
  ]);
  command.action((flags: SettingFlags) => runCollections(flags, context));
}

async function runCollections(flags: SettingFlags, context: RunContext): Promise<void> {
  const change = {
    ...(flags.setThreshold !== undefined && { distanceThreshold: flags.setThreshold || null }),
    ...(flags.setRate !== undefined && { identifyRate: flags.setRate || null }),
    ...(flags.grace !== undefined && { graceDays: flags.grace }),
    ...(flags.retention !== undefined && { retentionDays: flags.retention || null }),
  };
  await withPeople(flags, async ({ gallery }) => {
    if (flags.drop !== undefined) {
      if (!flags.yes)
        throw new UsageError('Expected --yes for --drop: everybody in that collection is erased.');
      const { faces } = await gallery.dropCollection(flags.drop);
      if (flags.json) printJson({ dropped: flags.drop, faces });
      else print(`Erased the collection ${flags.drop}: ${counted(faces, 'face')}.`);
      return;
    }
    if (Object.keys(change).length > 0) {
      if (!flags.yes) requireNobodyExpired(await gallery.expired(change));
      await gallery.changeSettings(change);
    }
    const collections = await gallery.collections();
    if (flags.json) printJson({ collections });
    else print(collectionsTable(collections));
  });
  context.finish(exitCodes.done);
}

/** Days too few by a slip would erase people with the next command. */
function requireNobodyExpired({ people, removedPeople, removedFaces }: Expired): void {
  const doomed = [
    ...(people > 0 ? [counted(people, 'enrolled person', 'enrolled people')] : []),
    ...(removedPeople > 0
      ? [counted(removedPeople, 'removed or merged person', 'removed or merged people')]
      : []),
    ...(removedFaces > 0 ? [counted(removedFaces, 'removed face')] : []),
  ];
  if (doomed.length === 0) return;
  throw new UsageError(
    `Expected --yes for these days: ${doomed.join(', ')} would be erased at once, for good. Nothing was changed.`,
  );
}

function collectionsTable(collections: readonly Collection[]): string {
  return renderTable(
    [
      { title: 'collection' },
      { title: 'people', align: 'right' },
      { title: 'recipe' },
      { title: 'match' },
      { title: 'undo for' },
      { title: 'kept' },
    ],
    collections.map(({ name, people, recipe, settings }) => [
      name,
      String(people),
      recipe,
      matchText(settings),
      counted(settings.graceDays, 'day'),
      settings.retentionDays === null ? 'until forgotten' : counted(settings.retentionDays, 'day'),
    ]),
  );
}

function matchText({ distanceThreshold, identifyRate }: Collection['settings']): string {
  if (distanceThreshold !== null) return `up to ${distanceThreshold}`;
  return identifyRate === null ? 'usual rate' : `${identifyRate * 100} % of strangers`;
}
