import type { Command } from 'commander';
import type { Recognizer, RgbImage, Verification } from '../../index.ts';
import { calibrationRemark } from '../calibration-remark.ts';
import { addExamples, type RunContext } from '../command.ts';
import { concernsOnePicture, exitCodes, isAcquaintError } from '../exit-codes.ts';
import { loadLibrary } from '../library.ts';
import { addCommonOptions, type CommonFlags, recognizerOptions } from '../options.ts';
import {
  colors,
  complain,
  type Failure,
  failureJson,
  failureText,
  note,
  print,
  printJson,
  shareText,
} from '../output.ts';
import { locatePath } from '../picture-files.ts';
import { printable } from '../printable.ts';

export function addVerify(program: Command, context: RunContext): void {
  const command = program
    .command('verify')
    .argument('<a>', 'a picture of one face')
    .argument('<b>', 'another picture of one face')
    .summary('the same person in two pictures?')
    .description(
      'Says whether two pictures show the same person: exit code 0 for yes, 4 for no. Needs no gallery; when there ' +
        'is one that was calibrated, its recipe and its threshold hold.',
    );
  addCommonOptions(command, ['gallery', 'threshold', 'rate', 'picture', 'recipe', 'progress']);
  addExamples(command, [
    ['acquaint verify passport.jpg selfie.jpg', 'yes or no, with the distance'],
    ['acquaint verify a.jpg b.jpg --rate 0.0001', 'stricter: 1 in 10,000 strangers passes, not 1 in 1,000'],
    ['acquaint verify a.jpg b.jpg --effort fast --threshold 0.6', "dlib's own rule"],
    ['acquaint verify a.jpg b.jpg -q && echo welcome', 'in a script'],
  ]);
  command.action((a: string, b: string, flags: CommonFlags) => {
    const galleryNamed = command.getOptionValueSource('gallery') === 'cli';
    return runVerify([a, b], { ...flags, galleryNamed }, context);
  });
}

interface VerifyFlags extends CommonFlags {
  /** Whether the gallery was asked for on the command line: then it must be there. */
  readonly galleryNamed: boolean;
}

async function runVerify(
  args: readonly [string, string],
  flags: VerifyFlags,
  context: RunContext,
): Promise<void> {
  const [a, b] = [await locatePath(args[0]), await locatePath(args[1])];
  const failures: Failure[] = [];
  const images: RgbImage[] = [];
  for (const path of [a, b]) {
    const image = await decode(path, failures);
    if (image !== null) images.push(image);
  }
  const [first, second] = images;
  if (first && second && failures.length === 0) {
    const verification = await compare([a, b], [first, second], flags, failures);
    if (verification !== null) {
      if (flags.json) printJson({ a, b, ...verification });
      else print(verificationText([a, b], verification));
      context.finish(verification.same ? exitCodes.done : exitCodes.notTheSame);
    }
  }
  for (const failure of failures) {
    if (flags.json) printJson(failureJson(failure));
    else complain(failureText(failure));
    context.finish(exitCodes.someFailed);
  }
}

async function decode(path: string, failures: Failure[]): Promise<RgbImage | null> {
  const { createDecoder } = await loadLibrary();
  try {
    return (await createDecoder().decode(path)).image;
  } catch (error) {
    if (!concernsOnePicture(error)) throw error;
    failures.push({ file: path, code: error.code, message: error.message });
    return null;
  }
}

/** How the library names pictures that have no file name. */
const whichPicture = /^the (first|second) picture: /;

async function compare(
  paths: readonly [string, string],
  images: readonly [RgbImage, RgbImage],
  flags: VerifyFlags,
  failures: Failure[],
): Promise<Verification | null> {
  const recognizer = (await openCalibrated(flags)) ?? (await openWithoutGallery(flags));
  try {
    return await recognizer.verify(images[0], images[1]);
  } catch (error) {
    if (!concernsOnePicture(error)) throw error;
    const file = whichPicture.exec(error.message)?.[1] === 'second' ? paths[1] : paths[0];
    failures.push({ file, code: error.code, message: error.message.replace(whichPicture, '') });
    return null;
  } finally {
    await recognizer.close();
  }
}

async function openWithoutGallery(flags: VerifyFlags): Promise<Recognizer> {
  const { openRecognizer } = await loadLibrary();
  return openRecognizer(recognizerOptions(flags));
}

/**
 * The gallery, when there is one whose calibration holds. One that cannot be read is an error: its threshold may be
 * stricter than the general one.
 */
async function openCalibrated(flags: VerifyFlags): Promise<Recognizer | null> {
  const { openRecognizer } = await loadLibrary();
  const gallery = await locatePath(flags.gallery);
  try {
    const recognizer = await openRecognizer({ ...recognizerOptions(flags), gallery, createGallery: false });
    if (await isCalibrated(recognizer, flags)) return recognizer;
    await recognizer.close();
  } catch (error) {
    const code = isAcquaintError(error) ? error.code : null;
    const isAbsent = code === 'gallery_missing' && !flags.galleryNamed;
    if (!isAbsent && code !== 'recipe_mismatch') throw error;
    if (!isAbsent && !flags.quiet) note(`${gallery} is of another recipe: the general thresholds hold.`);
  }
  return null;
}

async function isCalibrated(recognizer: Recognizer, { quiet }: VerifyFlags): Promise<boolean> {
  try {
    const remark = await calibrationRemark(recognizer);
    if (remark !== null && !quiet) note(remark);
    return (await recognizer.calibration())?.applies ?? false;
  } catch (error) {
    await recognizer.close();
    throw error;
  }
}

function verificationText(
  paths: readonly string[],
  { same, distance, threshold, falseMatchRate, calibrated }: Verification,
): string {
  const answer = same ? colors.green('the same person') : colors.yellow('not the same person');
  const [a, b] = paths.map(printable);
  const relation = same ? 'within' : 'beyond';
  const rate =
    falseMatchRate === null
      ? ''
      : ` (${shareText(falseMatchRate)} of different people are so near${calibrated ? ', as calibrated' : ''})`;
  return `${answer}: ${a} and ${b} are ${distance.toFixed(3)} apart, ${relation} the threshold of ${threshold.toFixed(3)}${rate}`;
}
