import { access } from 'node:fs/promises';
import { readConfiguration } from './configuration.ts';
import { withPeople } from './open-gallery.ts';
import { DEFAULT_GALLERY } from './options.ts';
import { colors, counted, print } from './output.ts';
import { printable } from './printable.ts';

/** The answer to `acquaint` alone: what it is, what to try, and what is there already. */
export async function printIntro(): Promise<void> {
  const configured = (await readConfiguration()).get('gallery') as string | undefined;
  const gallery = process.env.ACQUAINT_GALLERY || configured || DEFAULT_GALLERY;
  print(`${colors.bold('acquaint')} finds the faces in pictures and says who they are.
${await galleryText(gallery)}

Try, in this order:
  acquaint enroll people/                     ${colors.dim('make people known: one folder of pictures per person')}
  acquaint recognize party.jpg                ${colors.dim('say who is in a picture')}
  acquaint recognize party.jpg --out named/   ${colors.dim('and draw boxes and names into a copy')}

All commands: acquaint help. Pictures and people stay on this machine.`);
}

async function galleryText(gallery: string): Promise<string> {
  const path = printable(gallery);
  const exists = await access(gallery).then(
    () => true,
    () => false,
  );
  if (!exists) return `Gallery: ${path}, not there yet; enroll makes it.`;
  try {
    const people = await withPeople({ gallery }, (recognizer) => recognizer.people());
    const faces = people.reduce((sum, person) => sum + person.faces, 0);
    return `Gallery: ${path}, ${counted(people.length, 'person', 'people')}, ${counted(faces, 'face')}.`;
  } catch (error) {
    return `Gallery: ${path}, which cannot be read: ${printable(error instanceof Error ? error.message : String(error))}`;
  }
}
