import type { Command } from 'commander';
import type { FaceMark, JudgedFace, LivenessDecision, PictureFaces } from '../../index.ts';
import { addDrawingOptions, addExamples, type RunContext } from '../command.ts';
import { livenessJson } from '../json-shapes.ts';
import { loadLibrary } from '../library.ts';
import { addLivenessOptions, type LivenessFlags, livenessOptions } from '../liveness-options.ts';
import { addCommonOptions, recognizerOptions } from '../options.ts';
import { colors, counted } from '../output.ts';
import { type PictureFlags, runPictureCommand } from '../picture-run.ts';

type Result = PictureFaces<JudgedFace>;
type Flags = PictureFlags & LivenessFlags;

export function addLiveness(program: Command, context: RunContext): void {
  const command = program
    .command('liveness')
    .argument('<pictures...>', 'picture files, or folders with pictures at any depth')
    .summary('tell faces before the camera from pictures of faces')
    .description(
      'Says of each face whether it stood before the camera, or whether a print or a screen was held before it. ' +
        'Needs no gallery, but a fetched model (acquaint models pull faceplugin-liveness). docs/liveness.md says ' +
        'what was measured, and what was not.',
    );
  addLivenessOptions(addDrawingOptions(command));
  addCommonOptions(command, ['picture', 'progress']);
  addExamples(command, [
    ['acquaint liveness door.jpg', 'is that a face or a photo of one?'],
    ['acquaint liveness shots/ --json | jq .faces', 'scores and reasons, for programs'],
    ['acquaint liveness shots/ --live-from 0.99', 'stricter'],
  ]);
  command.action((pictures: string[], flags: Flags) => runLiveness(pictures, flags, context));
}

async function runLiveness(pictures: string[], flags: Flags, context: RunContext): Promise<void> {
  const { LIVENESS_REASON_TEXTS: texts } = await loadLibrary();
  await runPictureCommand<Result>(
    {
      title: 'looking',
      purpose: 'detect',
      options: { ...recognizerOptions(flags), ...livenessOptions(flags) },
      analyse: (recognizer, image) => recognizer.liveness(image),
      json: livenessJson,
      marks: ({ faces }) => faces.map(markOf),
      columns: [
        { title: 'liveness' },
        { title: 'score', align: 'right' },
        { title: 'live from', align: 'right' },
        { title: 'face at', align: 'right' },
        { title: 'size', align: 'right' },
        { title: 'because' },
      ],
      rows: ({ faces }) => faces.map((face) => [...faceRow(face), texts[face.liveness.reason]]),
      summary: livenessSummary,
    },
    pictures,
    flags,
    context,
  );
}

const MARK_KINDS = { live: 'match', spoof: 'not_live', unsure: 'ambiguous' } as const;

function markOf({ box, liveness: { decision, score } }: JudgedFace): FaceMark {
  return { box, label: `${decision} ${scoreText(score)}`, kind: MARK_KINDS[decision] };
}

const DECISION_COLORS = { live: colors.green, spoof: colors.red, unsure: colors.yellow };

function faceRow({ box, liveness: { decision, score, thresholds } }: JudgedFace): string[] {
  return [
    DECISION_COLORS[decision](decision),
    scoreText(score),
    String(thresholds.liveFrom),
    `${box.left},${box.top}`,
    `${box.right - box.left} px`,
  ];
}

/** Rounded down: 0.9996 is not 1. */
function scoreText(score: number | null): string {
  return score === null ? '-' : (Math.floor(score * 1000) / 1000).toFixed(3);
}

function livenessSummary(results: readonly Result[]): string {
  const faces = results.flatMap((result) => result.faces);
  const count = (decision: LivenessDecision): number =>
    faces.filter(({ liveness }) => liveness.decision === decision).length;
  return (
    `${counted(faces.length, 'face')} in ${counted(results.length, 'picture')}: ` +
    `${count('live')} live, ${count('spoof')} spoof, ${count('unsure')} unsure`
  );
}
