import type { Command } from 'commander';
import type { IdentifiedFace, JsonObject, JsonValue, PictureFaces } from '../../index.ts';
import { calibrationRemark } from '../calibration-remark.ts';
import { addDrawingOptions, addExamples, type RunContext } from '../command.ts';
import { csvLine } from '../csv.ts';
import { UsageError } from '../exit-codes.ts';
import { recognizeJson } from '../json-shapes.ts';
import { addLivenessOptions, type LivenessFlags, livenessOptions } from '../liveness-options.ts';
import { addCommonOptions, recognizerOptions } from '../options.ts';
import { colors, counted } from '../output.ts';
import { locatePath } from '../picture-files.ts';
import { type PictureCommand, type PictureFlags, runPictureCommand } from '../picture-run.ts';
import { printable } from '../printable.ts';

type Result = PictureFaces<IdentifiedFace>;

interface RecognizeFlags extends PictureFlags, LivenessFlags {
  readonly requireLive?: boolean;
  readonly where?: readonly string[];
}

export function addRecognize(program: Command, context: RunContext): void {
  const command = program
    .command('recognize')
    .argument('<pictures...>', 'picture files, or folders with pictures at any depth')
    .summary('say who is in pictures')
    .description('Says who is in each picture: a person of the gallery, or nobody it knows.');
  addDrawingOptions(command)
    .option('--csv', "face_recognition's lines: file,name")
    .option('--where <key=value...>', 'only people with these facts (acquaint edit --metadata)')
    .option('--require-live', 'never name a face that may be a picture of one (docs/liveness.md)');
  addLivenessOptions(command);
  addCommonOptions(command, ['gallery', 'threshold', 'rate', 'decision', 'picture', 'recipe', 'progress']);
  addExamples(command, [
    ['acquaint recognize party.jpg', 'who is in one picture'],
    ['acquaint recognize holiday/ --out named/', 'box and name drawn into copies'],
    ['acquaint recognize holiday/ --csv > who.csv', 'one line a face'],
    ['acquaint recognize door.jpg --require-live', 'a photo held before the camera is not named'],
    ['acquaint recognize holiday/ --json | jq .faces', 'everything that is known, for programs'],
  ]);
  command.action((pictures: string[], flags: RecognizeFlags) => runRecognize(pictures, flags, context));
}

async function runRecognize(pictures: string[], flags: RecognizeFlags, context: RunContext): Promise<void> {
  if (flags.csv && flags.json) throw new UsageError('Expected either --csv or --json but received both.');
  const options = {
    ...recognizerOptions(flags),
    ...livenessOptions(flags),
    gallery: await locatePath(flags.gallery),
    createGallery: false,
  };
  const where = flags.where && factsFrom(flags.where);
  const identifying: PictureCommand<Result> = {
    ...recognizeCommand,
    options,
    analyse: (recognizer, image) => recognizer.identify(image, { where, requireLive: flags.requireLive }),
  };
  await runPictureCommand(identifying, pictures, flags, context);
}

const recognizeCommand: Omit<PictureCommand<Result>, 'options' | 'analyse'> = {
  title: 'recognizing',
  purpose: 'embed',
  remark: calibrationRemark,
  json: recognizeJson,
  csv: recognizeCsv,
  marks: ({ faces }) =>
    faces.map((face) => ({
      box: face.box,
      label: face.person?.name ?? face.decision.replace('_', ' '),
      kind: face.decision,
    })),
  columns: [
    { title: 'who' },
    { title: 'distance', align: 'right' },
    { title: 'limit', align: 'right' },
    { title: 'sure', align: 'right' },
    { title: 'score', align: 'right' },
    { title: 'face at', align: 'right' },
    { title: 'size', align: 'right' },
    { title: 'remarks' },
  ],
  rows: ({ faces }) => faces.map(faceRow),
  summary: recognizeSummary,
};

/** `team=red` and `level=3`: what is JSON is taken as JSON, everything else as text. throws UsageError */
function factsFrom(pairs: readonly string[]): JsonObject {
  const entries = pairs.map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new UsageError(`Expected key=value for --where but received ${pair}.`);
    return [pair.slice(0, at), valueFrom(pair.slice(at + 1))] as const;
  });
  return Object.fromEntries(entries);
}

function valueFrom(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

/** The lines of face_recognition 1.3: one a face, whoever cannot be named is an unknown_person. */
export function recognizeCsv(file: string, { faces }: Result): string[] {
  if (faces.length === 0) return [csvLine(file, 'no_persons_found')];
  return faces.map(({ person }) => csvLine(file, person?.name ?? 'unknown_person'));
}

function faceRow(face: IdentifiedFace): string[] {
  const { box, distance, threshold, confidence, score, reasons, liveness } = face;
  const remarks = liveness && liveness.decision !== 'live' ? [liveness.reason, ...reasons] : reasons;
  return [
    whoText(face),
    distance === null ? '-' : distance.toFixed(3),
    threshold.toFixed(3),
    confidence === null ? '-' : `${Math.floor(confidence * 100)} %`,
    score.toFixed(2),
    `${box.left},${box.top}`,
    `${box.right - box.left} px`,
    remarks.map((reason) => reason.replaceAll('_', ' ')).join(', '),
  ];
}

function whoText({ decision, person, runnerUp, liveness }: IdentifiedFace): string {
  if (person !== null) return colors.green(printable(person.name));
  if (decision === 'not_live')
    return colors.red(liveness?.decision === 'spoof' ? 'spoof' : 'not surely live');
  if (decision === 'unknown') return colors.dim('unknown');
  return colors.yellow(`ambiguous${runnerUp === null ? '' : ` (${printable(runnerUp.name)}?)`}`);
}

function recognizeSummary(results: readonly Result[]): string {
  const faces = results.flatMap((result) => result.faces);
  const count = (decision: IdentifiedFace['decision']): number =>
    faces.filter((face) => face.decision === decision).length;
  const ambiguous = count('ambiguous');
  const notLive = count('not_live');
  const parts = [`${count('match')} known`, `${count('unknown')} unknown`];
  if (ambiguous > 0) parts.push(`${ambiguous} ambiguous`);
  if (notLive > 0) parts.push(`${notLive} not live`);
  return `${counted(faces.length, 'face')} in ${counted(results.length, 'picture')}: ${parts.join(', ')}`;
}
