import type { Command } from 'commander';
import type { EmbeddedFace, PictureFaces } from '../../index.ts';
import { addExamples, type RunContext } from '../command.ts';
import { embedJson } from '../json-shapes.ts';
import { addCommonOptions, type CommonFlags, recognizerOptions } from '../options.ts';
import { runPictureCommand } from '../picture-run.ts';
import { detectSummary } from './detect.ts';

export function addEmbed(program: Command, context: RunContext): void {
  const command = program
    .command('embed')
    .argument('<pictures...>', 'picture files, or folders with pictures at any depth')
    .summary('turn faces into numbers')
    .description(
      'Turns each face into numbers that are close for the same person: 128, or as many as the recipe gives. Needs no gallery.',
    );
  addCommonOptions(command, ['picture', 'recipe', 'progress']);
  addExamples(command, [
    ['acquaint embed ada.jpg --json', 'all numbers of each face'],
    ['acquaint embed photos/ --json > faces.ndjson', 'one line a picture'],
  ]);
  command.action((pictures: string[], flags: CommonFlags) => runEmbed(pictures, flags, context));
}

async function runEmbed(pictures: string[], flags: CommonFlags, context: RunContext): Promise<void> {
  await runPictureCommand<PictureFaces<EmbeddedFace>>(
    {
      title: 'embedding',
      purpose: 'embed',
      options: recognizerOptions(flags),
      analyse: (recognizer, image) => recognizer.embed(image),
      json: embedJson,
      marks: () => [],
      columns: [
        { title: 'face', align: 'right' },
        { title: 'score', align: 'right' },
        { title: 'recipe' },
        { title: 'embedding' },
      ],
      rows: ({ faces }) => faces.map(faceRow),
      summary: (results) => `${detectSummary(results)} (--json prints every number)`,
    },
    pictures,
    flags,
    context,
  );
}

const NUMBERS_SHOWN = 4;

function faceRow({ score, recipe, embedding }: EmbeddedFace, index: number): string[] {
  const first = [...embedding.subarray(0, NUMBERS_SHOWN)].map((value) => value.toFixed(3).padStart(6));
  const rest = embedding.length - NUMBERS_SHOWN;
  return [String(index + 1), score.toFixed(2), recipe, `${first.join(' ')}  and ${rest} more`];
}
