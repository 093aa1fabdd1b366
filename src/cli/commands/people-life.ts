import type { Command } from 'commander';
import type { JsonObject, LifeEvent, Person, PersonChange } from '../../index.ts';
import { addExamples, type RunContext } from '../command.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { withPeople } from '../open-gallery.ts';
import { addCommonOptions, type CommonFlags, wholeFromOne } from '../options.ts';
import { counted, note, print, printJson } from '../output.ts';
import { dateText, printable } from '../printable.ts';
import { renderTable } from '../table.ts';

/** The commands that change who is who: rename, edit, merge, split, remove, and history and undo, which take it back. */
export function addPeopleLife(program: Command, context: RunContext): void {
  addRename(program, context);
  addEdit(program, context);
  addMerge(program, context);
  addSplit(program, context);
  addRemove(program, context);
  addHistory(program, context);
  addUndo(program, context);
}

const NAME = 'the person, as `acquaint people` writes the name';

function addRename(program: Command, context: RunContext): void {
  const command = program
    .command('rename')
    .argument('<name>', NAME)
    .argument('<new-name>', 'a name that nobody has')
    .summary('give a person another name')
    .description('Gives a person another name. The faces stay; `acquaint undo` takes it back.');
  addCommonOptions(command, ['gallery']);
  addExamples(command, [['acquaint rename "Ada L" "Ada Lovelace"', 'the same person by another name']]);
  command.action(async (name: string, newName: string, flags: CommonFlags) => {
    const person = await withPeople(flags, ({ gallery }) => gallery.change(name, { name: newName }));
    tellPerson(person, flags, `Renamed to ${printable(person.name)}.`);
    context.finish(exitCodes.done);
  });
}

interface EditFlags extends CommonFlags {
  readonly externalId?: string | false;
  readonly metadata?: string;
  readonly bestFace?: string | false;
}

function addEdit(program: Command, context: RunContext): void {
  const command = program
    .command('edit')
    .argument('<name>', NAME)
    .summary('keep facts of a person')
    .description('Keeps your own key and facts of a person, and which of the faces is the best one.')
    .option('--external-id <id>', 'your own key of the person; nobody else may have it')
    .option('--no-external-id', 'take it away')
    .option('--metadata <json>', 'a JSON object with facts; replaces what was there')
    .option('--best-face <id>', 'the face to show where one is shown')
    .option('--no-best-face', 'leave that to the quality');
  addCommonOptions(command, ['gallery']);
  addExamples(command, [
    [`acquaint edit "Ada Lovelace" --external-id E-1815 --metadata '{"team":"engines"}'`, 'her key and team'],
    ['acquaint recognize door.jpg --where team=engines', 'then: only people of that team'],
  ]);
  command.action(async (name: string, flags: EditFlags) => {
    const change = changeFrom(flags);
    if (Object.keys(change).length === 0) {
      throw new UsageError('Expected --external-id, --metadata or --best-face for edit.');
    }
    const person = await withPeople(flags, ({ gallery }) => gallery.change(name, change));
    tellPerson(person, flags, `Changed ${printable(person.name)}.`);
    context.finish(exitCodes.done);
  });
}

function changeFrom({ externalId, metadata, bestFace }: EditFlags): PersonChange {
  return {
    ...(externalId !== undefined && { externalId: externalId === false ? null : externalId }),
    ...(metadata !== undefined && { metadata: jsonObjectFrom(metadata) }),
    ...(bestFace !== undefined && { bestFaceId: bestFace === false ? null : bestFace }),
  };
}

function jsonObjectFrom(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  } catch {
    // Told below.
  }
  throw new UsageError('Expected a JSON object for --metadata, such as {"team":"red"}.');
}

function addMerge(program: Command, context: RunContext): void {
  const command = program
    .command('merge')
    .argument('<name>', 'the person that is no longer needed')
    .argument('<into>', 'the person that gets the faces')
    .summary('make two people one')
    .description('Gives all faces of one person to another. `acquaint undo` parts them as they were.');
  addCommonOptions(command, ['gallery']);
  addExamples(command, [['acquaint merge "A. Lovelace" "Ada Lovelace"', 'they are one']]);
  command.action(async (name: string, into: string, flags: CommonFlags) => {
    const person = await withPeople(flags, ({ gallery }) => gallery.merge(name, into));
    tellPerson(person, flags, `Merged into ${printable(person.name)}: ${counted(person.faces, 'face')}.`);
    context.finish(exitCodes.done);
  });
}

function addSplit(program: Command, context: RunContext): void {
  const command = program
    .command('split')
    .argument('<name>', NAME)
    .argument('<new-name>', 'whose they are: a new name, or somebody enrolled')
    .argument('<faces...>', 'ids of the faces that are of somebody else: acquaint people NAME')
    .summary('give some faces of a person to another')
    .description(
      'Gives some faces of a person to another, who is made if nobody has the name. `acquaint undo` gives them back.',
    );
  addCommonOptions(command, ['gallery']);
  addExamples(command, [
    ['acquaint split "Ada Lovelace" "Ada King" 3f2b…', 'one photo was of somebody else'],
  ]);
  command.action(async (name: string, newName: string, faces: string[], flags: CommonFlags) => {
    const person = await withPeople(flags, ({ gallery }) => gallery.split(name, faces, newName));
    tellPerson(person, flags, `${printable(person.name)} has ${counted(person.faces, 'face')} now.`);
    context.finish(exitCodes.done);
  });
}

interface RemoveFlags extends CommonFlags {
  readonly face?: string;
}

function addRemove(program: Command, context: RunContext): void {
  const command = program
    .command('remove')
    .argument('[name]', NAME)
    .option('--face <id>', 'a single face instead: acquaint people NAME')
    .summary('take out a person or a face; can be undone')
    .description(
      'Takes a person or a single face out: nothing finds it any more. For the days of grace (30, acquaint collections) ' +
        '`acquaint undo` brings it back, then it is erased. To erase at once: `acquaint forget`.',
    );
  addCommonOptions(command, ['gallery']);
  addExamples(command, [
    ['acquaint remove "Ada Lovelace"', 'until acquaint undo'],
    ['acquaint remove --face 3f2b…', 'a photo that is not of her'],
  ]);
  command.action(async (name: string | undefined, flags: RemoveFlags) => {
    if ((name === undefined) === (flags.face === undefined)) {
      throw new UsageError('Expected a NAME or --face ID for remove.');
    }
    const { person, graceDays } = await withPeople(flags, async ({ gallery }) => ({
      person: await (flags.face === undefined ? gallery.remove(name!) : gallery.removeFace(flags.face)),
      graceDays: (await gallery.settings()).graceDays,
    }));
    const faces = counted(person.faces, 'face');
    const done =
      flags.face === undefined
        ? `Removed ${printable(person.name)}: ${faces}.`
        : `Removed a face of ${printable(person.name)}: ${faces} left.`;
    const whatNow =
      graceDays > 0
        ? 'acquaint undo brings it back.'
        : 'The collection has no days of grace: it is erased for good with the next command.';
    tellPerson(person, flags, `${done} ${whatNow}`);
    context.finish(exitCodes.done);
  });
}

interface HistoryFlags extends CommonFlags {
  readonly limit: number;
}

function addHistory(program: Command, context: RunContext): void {
  const command = program
    .command('history')
    .argument('[name]', 'only what happened to this person')
    .option('--limit <n>', 'at most so many events', wholeFromOne, 20)
    .summary('what happened to the people')
    .description('Lists what happened to the people, newest first. Forgotten people are in no history.');
  addCommonOptions(command, ['gallery']);
  addExamples(command, [
    ['acquaint history', 'the last twenty events'],
    ['acquaint undo 17', 'takes event 17 back'],
  ]);
  command.action(async (name: string | undefined, flags: HistoryFlags) => {
    const { limit, json, gallery: path } = flags;
    const events = await withPeople(flags, ({ gallery }) =>
      gallery.history({ limit, ...(name !== undefined && { person: name }) }),
    );
    if (json) printJson({ events });
    else if (events.length === 0) note(`Nothing has happened in ${path} yet.`);
    else print(historyTable(events));
    context.finish(exitCodes.done);
  });
}

function historyTable(events: readonly LifeEvent[]): string {
  return renderTable(
    [{ title: 'event', align: 'right' }, { title: 'when' }, { title: 'what' }, { title: 'undone' }],
    events.map((event) => [
      String(event.id),
      dateText(event.at),
      eventText(event),
      event.undoneAt === null ? '' : dateText(event.undoneAt),
    ]),
  );
}

function eventText({ kind, person, other, faces, names }: LifeEvent): string {
  const who = printable(person);
  const whom = printable(other ?? 'somebody erased');
  switch (kind) {
    case 'add_face':
      return `${who}: a face enrolled`;
    case 'remove_face':
      return `${who}: a face removed`;
    case 'rename':
      return names ? `${printable(names.from)} renamed to ${printable(names.to)}` : `${who}: renamed`;
    case 'edit':
      return `${who}: facts changed`;
    case 'merge':
      return `${whom} merged into ${who}: ${counted(faces, 'face')}`;
    case 'split':
      return `${counted(faces, 'face')} of ${who} given to ${whom}`;
    case 'remove':
      return `${who} removed: ${counted(faces, 'face')}`;
    case 'import':
      return `${who} imported: ${counted(faces, 'face')}`;
  }
}

function addUndo(program: Command, context: RunContext): void {
  const command = program
    .command('undo')
    .argument('[event]', 'number of an event (acquaint history); default: the last', wholeFromOne)
    .summary('take back what happened')
    .description('Takes an event back: a merge, a new name, a removal. What was forgotten is gone for good.');
  addCommonOptions(command, ['gallery']);
  addExamples(command, [
    ['acquaint undo', 'the last event'],
    ['acquaint undo 17', 'event 17 of acquaint history'],
  ]);
  command.action(async (eventId: number | undefined, flags: CommonFlags) => {
    const event = await withPeople(flags, ({ gallery }) => gallery.undo(eventId));
    if (flags.json) printJson(event);
    else print(`Undone: ${eventText(event)}.`);
    context.finish(exitCodes.done);
  });
}

function tellPerson(person: Person, { json }: CommonFlags, text: string): void {
  if (json) printJson(person);
  else print(text);
}
