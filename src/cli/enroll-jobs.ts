import { basename, join, resolve } from 'node:path';
import { UsageError } from './exit-codes.ts';
import { loadLibrary } from './library.ts';
import { counted, type Failure } from './output.ts';
import { isPictureName, listPictures, noPictures, picturesBelow, readFolder } from './picture-files.ts';

/** One picture to enrol for a person, or a folder of a person that could not be read. */
export type EnrollJob =
  | { readonly person: string; readonly path: string }
  | { readonly person: string; readonly failure: Failure };

export interface EnrollPlan {
  readonly jobs: readonly EnrollJob[];
  /** Pictures that lie beside the folders of the people: whose they are cannot be known. */
  readonly strays: readonly string[];
  /** What is wrong with folders that belong to nobody in particular. */
  readonly failures: readonly Failure[];
}

/** Pictures of one person whose name is given. */
export async function planForPerson(person: string, paths: readonly string[]): Promise<EnrollPlan> {
  const entries = await listPictures(paths);
  const jobs = entries.map((entry): EnrollJob => {
    return 'failure' in entry ? { person, failure: entry.failure } : { person, path: entry.path };
  });
  return { jobs, strays: [], failures: [] };
}

/**
 * One folder per person in each of `folders`; the folder's name is the person.
 * throws UsageError when a file is named: it does not say whose picture it is
 */
export async function planForFolders(folders: readonly string[]): Promise<EnrollPlan> {
  const plans = await Promise.all(folders.map(planForFolder));
  return {
    jobs: plans.flatMap(({ jobs }) => jobs),
    strays: plans.flatMap(({ strays }) => strays),
    failures: plans.flatMap(({ failures }) => failures),
  };
}

export interface LabelledPictures {
  readonly pictures: readonly { readonly person: string; readonly path: string }[];
  /** Folders of people that could not be read or hold no pictures. */
  readonly failures: readonly Failure[];
}

/**
 * Pictures whose person is known, to measure by: one folder per person in `folder`.
 * throws  AcquaintError('too_few_people') that says what is wrong with the folder when there is nobody in it
 */
export async function labelledPicturesBelow(folder: string): Promise<LabelledPictures> {
  const plan = await planForFolders([folder]);
  const [failure] = plan.failures;
  if (failure) {
    const { AcquaintError } = await loadLibrary();
    throw new AcquaintError('too_few_people', failure.message);
  }
  return {
    pictures: plan.jobs.flatMap((job) => ('failure' in job ? [] : [job])),
    failures: plan.jobs.flatMap((job) => ('failure' in job ? [job.failure] : [])),
  };
}

async function planForFolder(folder: string): Promise<EnrollPlan> {
  if (isPictureName(basename(folder))) {
    throw new UsageError(
      `Expected a folder with one folder per person but received ${folder}. For pictures of one person: acquaint enroll --name NAME FILE…`,
    );
  }
  const content = await readFolder(folder);
  if ('failure' in content) return { jobs: [], strays: [], failures: [content.failure] };
  const people = content.items.filter(({ isFolder }) => isFolder);
  const strays = content.items.filter(({ name, isFolder }) => !isFolder && isPictureName(name));
  const jobs = await Promise.all(people.map(({ name }) => jobsOf(join(folder, name), name)));
  return {
    jobs: jobs.flat(),
    strays: strays.map(({ name }) => join(folder, name)),
    failures: people.length > 0 ? [] : [noPeople(folder, strays.length)],
  };
}

async function jobsOf(folder: string, name: string): Promise<EnrollJob[]> {
  const person = name.normalize('NFC');
  const entries = await picturesBelow(folder);
  return entries.map((entry) => {
    return 'failure' in entry ? { person, failure: entry.failure } : { person, path: entry.path };
  });
}

function noPeople(folder: string, strays: number): Failure {
  if (strays === 0) {
    const { message } = noPictures(folder);
    return { file: folder, code: 'unreadable', message: `${message} Expected one folder per person.` };
  }
  return {
    file: folder,
    code: 'unreadable',
    message:
      `${folder} holds ${counted(strays, 'picture')} but no folders: expected one folder per person. ` +
      `If all are of one person: acquaint enroll --name "${basename(resolve(folder))}" ${folder}`,
  };
}
