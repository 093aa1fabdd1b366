import type { Command } from 'commander';
import type { Point, QualityFilter, Recognizer } from '../../index.ts';
import { addExamples, type RunContext, requireNotAborted } from '../command.ts';
import { type EnrollJob, type EnrollPlan, planForFolders, planForPerson } from '../enroll-jobs.ts';
import { createEnrollReport, type EnrollOutcome } from '../enroll-report.ts';
import { exitCodes, isRefusedValue, UsageError } from '../exit-codes.ts';
import { planWork } from '../in-work.ts';
import { loadLibrary } from '../library.ts';
import {
  addCommonOptions,
  type CommonFlags,
  faceAtOption,
  qualityFilterOption,
  recognizerOptions,
} from '../options.ts';
import { locatePath } from '../picture-files.ts';
import { startProgress } from '../progress.ts';

export interface EnrollFlags extends CommonFlags {
  readonly name?: string;
  readonly largest?: boolean;
  readonly at?: Point;
  readonly crops: boolean;
  readonly allowLookalikes?: boolean;
  readonly qualityFilter: QualityFilter;
}

export function addEnroll(program: Command, context: RunContext): void {
  const command = program
    .command('enroll')
    .argument('<paths...>', 'a folder with one folder per person; with --name: pictures of that person')
    .summary('make people known from their pictures')
    .description(
      "Makes people known. Each folder in DIR is a person, called by the folder's name, with pictures at any depth " +
        'below it. Run it again after adding pictures: only new ones are enrolled.',
    )
    .usage('[options] DIR\n       acquaint enroll --name NAME FILE...')
    .option('-n, --name <name>', 'all pictures are of this person')
    .option('--largest', 'of several faces take the largest, instead of refusing the picture')
    .addOption(faceAtOption())
    .option('--no-crops', 'keep only the numbers, no small picture of each face')
    .option('--allow-lookalikes', 'also faces that look like another enrolled person: twins')
    .addOption(qualityFilterOption());
  addCommonOptions(command, ['gallery', 'picture', 'recipe', 'progress']);
  addExamples(command, [
    ['acquaint enroll people/', 'people/Ada Lovelace/1.jpg, people/Alan Turing/a.png, …'],
    ['acquaint enroll --name "Ada Lovelace" ada*.jpg', 'one person'],
    ['acquaint enroll --name Ada party.jpg --largest', 'the largest of several faces'],
    ['acquaint enroll --name Ada party.jpg --at 310,140', 'the face at that point'],
    ['acquaint enroll people/ --gallery team.db', 'another gallery than ./acquaint.db'],
  ]);
  command.action((paths: string[], flags: EnrollFlags) => runEnroll(paths, flags, context));
}

async function runEnroll(args: readonly string[], flags: EnrollFlags, context: RunContext): Promise<void> {
  const paths = await Promise.all(args.map(locatePath));
  const plan =
    flags.name === undefined ? await planForFolders(paths) : await planForPerson(flags.name, paths);
  requireOnePicture(plan, flags);
  await enrollPlanned(plan, flags, context);
}

/** A point means nothing in another picture. */
function requireOnePicture({ jobs }: EnrollPlan, { at, name }: EnrollFlags): void {
  if (at === undefined || (name !== undefined && jobs.length === 1)) return;
  throw new UsageError(
    'Expected --at with one picture of one person: acquaint enroll --name NAME FILE --at X,Y',
  );
}

/** Enrols what was planned and says what became of it. */
export async function enrollPlanned(
  plan: EnrollPlan,
  flags: EnrollFlags,
  context: RunContext,
): Promise<void> {
  const report = createEnrollReport(flags);
  report.addPlan(plan);
  if (plan.jobs.some((job) => !('failure' in job))) await enrollAll(plan.jobs, flags, context, report);
  else for (const job of plan.jobs) report.add(await enrollOne(null, job, flags, context.signal));
  report.end();
  context.finish(report.failed() > 0 ? exitCodes.someFailed : exitCodes.done);
}

async function enrollAll(
  jobs: readonly EnrollJob[],
  flags: EnrollFlags,
  context: RunContext,
  report: ReturnType<typeof createEnrollReport>,
): Promise<void> {
  const { mapInOrder, openRecognizer } = await loadLibrary();
  const gallery = await locatePath(flags.gallery);
  const plan = await planWork(jobs.length);
  const recognizer = await openRecognizer({
    ...recognizerOptions(flags),
    ...plan.recognizer,
    gallery,
    keepCrops: flags.crops,
    qualityFilter: flags.qualityFilter,
  });
  recognizer.warmUp().catch(() => {});
  const progress = await startProgress({
    title: 'enrolling',
    total: jobs.length,
    quiet: Boolean(flags.quiet),
    streaming: Boolean(flags.json),
  });
  const enrolledEarly = new Set<EnrollOutcome>();
  try {
    const work = async (job: EnrollJob): Promise<EnrollOutcome> => {
      const outcome = await enrollOne(recognizer, job, flags, context.signal);
      enrolledEarly.add(outcome);
      progress.advance();
      return outcome;
    };
    for await (const outcome of mapInOrder(jobs, plan.inWork, work)) {
      enrolledEarly.delete(outcome);
      report.add(outcome);
    }
  } catch (error) {
    // What was acknowledged behind the picture that ended it is in the gallery, and so belongs in the table.
    for (const outcome of enrolledEarly) report.add(outcome);
    progress.stop();
    report.end();
    throw error;
  } finally {
    progress.stop();
    await recognizer.close();
  }
}

async function enrollOne(
  recognizer: Recognizer | null,
  job: EnrollJob,
  flags: EnrollFlags,
  signal: AbortSignal,
): Promise<EnrollOutcome> {
  const { person } = job;
  if ('failure' in job || recognizer === null) {
    const failure = 'failure' in job ? job.failure : null;
    if (failure === null) throw new TypeError('Expected a recognizer for a picture but received none');
    return { file: failure.file, person, status: 'failed', reason: failure.code, message: failure.message };
  }
  await requireNotAborted(signal);
  const file = job.path;
  try {
    const [enrollment] = await recognizer.enroll(person, [file], {
      largest: Boolean(flags.largest),
      at: flags.at,
      allowLookalikes: Boolean(flags.allowLookalikes),
    });
    const { status, reason, message, face, lookalike } = enrollment!;
    return {
      file,
      person,
      status,
      ...(reason && { reason }),
      ...(message && { message }),
      ...(face && { face }),
      ...(lookalike && { lookalike }),
    };
  } catch (error) {
    // A name that the gallery refuses: with --name a wrong call, as a folder's name one folder's failure.
    if (!isRefusedValue(error) || flags.name !== undefined) throw error;
    return { file, person, status: 'failed', reason: 'bad_name', message: error.message };
  }
}
