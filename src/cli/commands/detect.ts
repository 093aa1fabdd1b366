import { type Command, Option } from 'commander';
import type { DetectedFace, PictureFaces } from '../../index.ts';
import { addDrawingOptions, addExamples, type RunContext } from '../command.ts';
import { detectJson } from '../json-shapes.ts';
import { addCommonOptions, recognizerOptions } from '../options.ts';
import { counted, note } from '../output.ts';
import { type PictureFlags, runPictureCommand } from '../picture-run.ts';

interface DetectFlags extends PictureFlags {
  readonly landmarks: '5' | '68';
}

export function addDetect(program: Command, context: RunContext): void {
  const command = program
    .command('detect')
    .argument('<pictures...>', 'picture files, or folders with pictures at any depth')
    .summary('find faces and their landmarks')
    .description('Finds the faces in each picture, with box, score and landmarks. Needs no gallery.')
    .addOption(
      new Option('--landmarks <points>', 'points a face; the model of 68 is not for commercial use')
        .choices(['5', '68'])
        .default('5'),
    );
  addDrawingOptions(command);
  addCommonOptions(command, ['picture', 'progress']);
  addExamples(command, [
    ['acquaint detect party.jpg', 'the faces in one picture'],
    ['acquaint detect holiday/ --out boxes/', 'box and landmarks drawn into copies'],
    ['acquaint detect crowd.jpg --min-face 20', 'small faces too (slower)'],
    ['acquaint detect party.jpg --json', 'boxes and landmarks for programs'],
  ]);
  command.action((pictures: string[], flags: DetectFlags) => runDetect(pictures, flags, context));
}

async function runDetect(pictures: string[], flags: DetectFlags, context: RunContext): Promise<void> {
  const landmarks = flags.landmarks === '68' ? 68 : 5;
  // A matter of licence, so --quiet does not silence it.
  if (landmarks === 68) {
    note('The model of 68 landmarks was trained on iBUG 300-W: it is not for commercial use.');
  }
  await runPictureCommand<PictureFaces<DetectedFace>>(
    {
      title: 'detecting',
      purpose: 'detect',
      options: recognizerOptions(flags),
      analyse: (recognizer, image) => recognizer.detect(image, { landmarks }),
      json: detectJson,
      marks: ({ faces }) =>
        faces.map((face) => ({ box: face.box, label: null, kind: 'detection', landmarks: face.landmarks })),
      columns: [
        { title: 'face', align: 'right' },
        { title: 'score', align: 'right' },
        { title: 'left', align: 'right' },
        { title: 'top', align: 'right' },
        { title: 'width', align: 'right' },
        { title: 'height', align: 'right' },
      ],
      rows: ({ faces }) => faces.map(faceRow),
      summary: detectSummary,
    },
    pictures,
    flags,
    context,
  );
}

function faceRow({ box, score }: DetectedFace, index: number): string[] {
  const figures = [box.left, box.top, box.right - box.left, box.bottom - box.top];
  return [String(index + 1), score.toFixed(2), ...figures.map(String)];
}

export function detectSummary(results: readonly PictureFaces<DetectedFace>[]): string {
  const faces = results.reduce((sum, result) => sum + result.faces.length, 0);
  return `${counted(faces, 'face')} in ${counted(results.length, 'picture')}`;
}
