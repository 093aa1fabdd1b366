import type { Command } from 'commander';
import type { Recognizer, StoredCalibration } from '../../index.ts';
import { addExamples, type RunContext } from '../command.ts';
import { labelledPicturesBelow } from '../enroll-jobs.ts';
import { exitCodes, UsageError } from '../exit-codes.ts';
import { loadLibrary } from '../library.ts';
import { withGallery } from '../open-gallery.ts';
import { addCommonOptions, type CommonFlags } from '../options.ts';
import { complain, counted, type Failure, failureText, print, printJson, shareText } from '../output.ts';
import { locatePath } from '../picture-files.ts';
import { startProgress } from '../progress.ts';

interface CalibrateFlags extends CommonFlags {
  readonly remove?: boolean;
}

export function addCalibrate(program: Command, context: RunContext): void {
  const command = program
    .command('calibrate')
    .argument('[dir]', 'a folder with one folder per person; without it the people of the gallery')
    .summary('thresholds from your own people')
    .description(
      'Measures how near different people come among your own pictures, and keeps the thresholds that follow in the ' +
        'gallery, with the evidence. Ten people at least; more are better.',
    )
    .option('--remove', 'go back to the general thresholds');
  addCommonOptions(command, ['gallery', 'picture', 'progress']);
  addExamples(command, [
    ['acquaint calibrate', 'from the people in the gallery'],
    ['acquaint calibrate people/', 'from other pictures of people like them'],
    ['acquaint calibrate --remove', 'back to the general thresholds'],
  ]);
  command.action((dir: string | undefined, flags: CalibrateFlags) => runCalibrate(dir, flags, context));
}

async function runCalibrate(
  dir: string | undefined,
  flags: CalibrateFlags,
  context: RunContext,
): Promise<void> {
  if (flags.remove && dir !== undefined) {
    throw new UsageError('Expected either a folder or --remove but received both.');
  }
  const failures: Failure[] = [];
  try {
    await withGallery(flags, async (recognizer) => {
      if (flags.remove) {
        await recognizer.removeCalibration();
        if (flags.json) printJson({ calibration: null });
        else print('The general thresholds hold again.');
        return;
      }
      const calibration =
        dir === undefined
          ? await recognizer.calibrate({ signal: context.signal })
          : await calibrateFromFolder(recognizer, await locatePath(dir), flags, context, failures);
      if (flags.json) printJson({ calibration });
      else print(calibrationText(calibration));
    });
  } finally {
    // Also when nothing came of it: they may be why.
    for (const failure of failures) complain(failureText(failure));
  }
  context.finish(failures.length > 0 ? exitCodes.someFailed : exitCodes.done);
}

async function calibrateFromFolder(
  recognizer: Recognizer,
  dir: string,
  { quiet }: CalibrateFlags,
  { signal }: RunContext,
  failures: Failure[],
): Promise<StoredCalibration> {
  const { measurePictures, requireEnoughPeople } = await loadLibrary();
  const { pictures, failures: unread } = await labelledPicturesBelow(dir);
  failures.push(...unread);
  requireEnoughPeople(new Set(pictures.map(({ person }) => person)).size);
  const progress = await startProgress({
    title: 'measuring',
    total: pictures.length,
    quiet: Boolean(quiet),
    streaming: false,
  });
  try {
    const paths = pictures.map(({ path }) => path);
    const { faces, unusable } = await measurePictures(recognizer, paths, {
      choose: 'largest',
      signal,
      onProgress: () => progress.advance(),
    });
    failures.push(...unusable.map(({ path, code, message }) => ({ file: path, code, message })));
    return await recognizer.calibrateFrom(
      pictures.flatMap(({ person, path }) => {
        const face = faces.get(path);
        return face ? [{ person, embedding: face.embedding }] : [];
      }),
      { signal },
    );
  } finally {
    progress.stop();
  }
}

function calibrationText({ evidence, identifyOffset, verifyOffset }: StoredCalibration): string {
  const moved = (offset: number): string =>
    `${Math.abs(offset).toFixed(3)} ${offset < 0 ? 'stricter' : 'more lenient'} than the general one`;
  return [
    `Calibrated on ${counted(evidence.faces, 'face')} of ${evidence.people} people.`,
    `recognize: ${shareText(evidence.identifyRate)} of strangers come within ${evidence.identifyThreshold.toFixed(3)} of somebody; the threshold is ${moved(identifyOffset)}`,
    `verify: ${shareText(evidence.verifyRate)} of different people are within ${evidence.verifyThreshold.toFixed(3)} of each other; the threshold is ${moved(verifyOffset)}`,
  ].join('\n');
}
