import type { GalleryCheck } from '../index.ts';
import type { RunContext } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { withPeople } from './open-gallery.ts';
import type { CommonFlags } from './options.ts';
import { colors, counted, print, printJson } from './output.ts';
import { printable, shortId } from './printable.ts';
import { startProgress } from './progress.ts';

/** `acquaint doctor gallery`: what a person should look at, each with the command that mends it. */
export async function examineGallery(flags: CommonFlags, context: RunContext): Promise<void> {
  const check = await withPeople(flags, async ({ gallery }) => {
    const progress = await startProgress({
      title: 'looking at',
      unit: 'person',
      total: (await gallery.list()).length,
      quiet: Boolean(flags.quiet),
      streaming: Boolean(flags.json),
    });
    try {
      return await gallery.check({ signal: context.signal, onProgress: () => progress.advance() });
    } finally {
      progress.stop();
    }
  });
  if (flags.json) printJson(check);
  else for (const line of reportLines(check)) print(line);
  context.finish(exitCodes.done);
}

function reportLines(check: GalleryCheck): readonly string[] {
  const sections = [
    section(
      'may be one person',
      check.duplicates.map(
        ({ people: [a, b], distance }) =>
          `${printable(a.name)} and ${printable(b.name)}, distance ${distance.toFixed(3)}`,
      ),
      'acquaint merge "the one" "into the other"',
    ),
    section(
      'may be photos of somebody else',
      check.mislabelled.map(
        ({ face, person, other, distance, ownDistance }) =>
          `${shortId(face)} of ${printable(person.name)} is nearer to ${printable(other.name)} ` +
          `(${distance.toFixed(3)}) than to the other photos (${ownDistance.toFixed(3)})`,
      ),
      'acquaint remove --face ID, or acquaint split NAME "Another Name" ID',
    ),
    section(
      'have one poor photo only',
      check.weak.map(({ name }) => printable(name)),
      'acquaint enroll --name NAME better.jpg',
    ),
    section(
      'are poor faces',
      check.poor.map(
        ({ face, person, reasons }) =>
          `${shortId(face)} of ${printable(person.name)}: ${reasons.join(', ').replaceAll('_', ' ')}`,
      ),
      'acquaint remove --face ID',
    ),
    section(
      'have no face at all',
      check.orphans.map(({ name }) => printable(name)),
      'acquaint enroll --name NAME photo.jpg, or acquaint remove NAME',
    ),
  ];
  const summary = `${counted(check.people, 'person', 'people')}, ${counted(check.faces, 'face')}`;
  const found = sections.flat();
  return found.length === 0 ? [`${summary}: nothing to mend.`] : [summary, ...found];
}

/** Longer lists are for programs: --json. */
const MOST_SHOWN = 20;

function section(title: string, lines: readonly string[], remedy: string): readonly string[] {
  if (lines.length === 0) return [];
  const more = lines.length - MOST_SHOWN;
  return [
    '',
    `${colors.bold(`${lines.length} ${title}`)}  ${colors.dim(remedy)}`,
    ...lines.slice(0, MOST_SHOWN).map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more: --json`] : []),
  ];
}
