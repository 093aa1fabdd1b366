import type { Command } from 'commander';
import type { EnrolledFace, Person } from '../../index.ts';
import { addExamples, type RunContext } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { withPeople } from '../open-gallery.ts';
import { addCommonOptions, type CommonFlags } from '../options.ts';
import { counted, note, print, printJson } from '../output.ts';
import { dateText, printable, shortId } from '../printable.ts';
import { renderTable } from '../table.ts';

export function addPeople(program: Command, context: RunContext): void {
  const command = program
    .command('people')
    .argument('[name]', "a person: lists that person's faces")
    .summary('list the people, or the faces of one')
    .description('Lists the people of the gallery, or the enrolled faces of one person.');
  addCommonOptions(command, ['gallery']);
  addExamples(command, [
    ['acquaint people', 'everybody'],
    ['acquaint people "Ada Lovelace"', 'her faces: picture, size, sharpness'],
    ['acquaint people --json | jq -r ".people[].name"', 'the names, for programs'],
  ]);
  command.action(async (name: string | undefined, flags: CommonFlags) => {
    await withPeople(flags, async (recognizer) => {
      if (name === undefined) listPeople(await recognizer.people(), flags);
      else listFaces(await recognizer.person(name), flags);
    });
    context.finish(exitCodes.done);
  });
}

function listPeople(people: readonly Person[], { json, gallery }: CommonFlags): void {
  if (json) {
    printJson({ people });
    return;
  }
  if (people.length === 0) {
    note(`Nobody is enrolled in ${gallery} yet: acquaint enroll DIR`);
    return;
  }
  const rows = people.map(({ name, faces, createdAt, updatedAt }) => [
    printable(name),
    String(faces),
    dateText(createdAt),
    dateText(updatedAt),
  ]);
  print(
    renderTable(
      [{ title: 'person' }, { title: 'faces', align: 'right' }, { title: 'since' }, { title: 'last change' }],
      rows,
    ),
  );
  const faces = people.reduce((sum, person) => sum + person.faces, 0);
  print(`\n${counted(people.length, 'person', 'people')}, ${counted(faces, 'face')}`);
}

function listFaces(
  { person, faces }: { readonly person: Person; readonly faces: readonly EnrolledFace[] },
  { json }: CommonFlags,
): void {
  if (json) {
    printJson({ person, faces: faces.map(faceJson) });
    return;
  }
  const rows = faces.map(({ id, fileName, quality, chip, createdAt }) => [
    shortId(id),
    fileName === null ? '-' : printable(fileName),
    quality ? `${quality.sizePx} px` : '-',
    quality ? quality.sharpness.toFixed(0) : '-',
    quality ? quality.brightness.toFixed(0) : '-',
    chip === null ? 'no' : 'yes',
    dateText(createdAt),
  ]);
  print(`${printable(person.name)}: ${counted(person.faces, 'face')}\n`);
  print(
    renderTable(
      [
        { title: 'face' },
        { title: 'picture' },
        { title: 'size', align: 'right' },
        { title: 'sharpness', align: 'right' },
        { title: 'brightness', align: 'right' },
        { title: 'crop kept' },
        { title: 'enrolled' },
      ],
      rows,
    ),
  );
}

/** The facts of a face, without its embedding and its crop. */
function faceJson({ id, fileName, contentHash, box, quality, chip, createdAt }: EnrolledFace): object {
  return { id, file: fileName, contentHash, box, quality, hasCrop: chip !== null, createdAt };
}
