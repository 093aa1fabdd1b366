import { access } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Command } from 'commander';
import type { ErrorCode, Person, Recognizer } from '../../index.ts';
import { calibrationRemark } from '../calibration-remark.ts';
import { addExamples, type RunContext } from '../command.ts';
import { examineGallery } from '../examine-gallery.ts';
import { exitCodes, isAcquaintError, UsageError } from '../exit-codes.ts';
import { loadLibrary } from '../library.ts';
import { modelsFolderOf } from '../model-packs.ts';
import { withGallery } from '../open-gallery.ts';
import { addCommonOptions, type CommonFlags } from '../options.ts';
import { colors, counted, print, printJson } from '../output.ts';
import { locatePath } from '../picture-files.ts';
import { printable } from '../printable.ts';
import { renderTable } from '../table.ts';

interface Check {
  readonly name: string;
  readonly status: 'ok' | 'note' | 'bad';
  readonly detail: string;
}

export function addDoctor(program: Command, context: RunContext): void {
  const command = program
    .command('doctor')
    .argument('[what]', 'gallery: look for duplicates, mislabelled photos and poor faces')
    .summary('check the installation, or the gallery')
    .description(
      'Checks the installation: Node, native packages, weights and their hashes, fonts, the gallery and the models it needs.',
    );
  addCommonOptions(command, ['gallery', 'recipe']);
  addExamples(command, [
    ['acquaint doctor gallery', 'who may be enrolled twice, which photos may be of somebody else'],
    ['acquaint doctor', 'what works and what does not; exit code 3 when something does not'],
    ['acquaint doctor --json', 'for programs'],
  ]);
  command.action(async (what: string | undefined, flags: CommonFlags) => {
    if (what !== undefined && what !== 'gallery') {
      throw new UsageError(`Expected nothing or gallery for doctor but received ${what}.`);
    }
    if (what === 'gallery') return examineGallery(flags, context);
    (await loadLibrary()).forbidTelemetry();
    const checks = [
      nodeCheck(),
      await loadCheck('onnxruntime-node', 'runs the nets', versionOf),
      await loadCheck('sharp', 'reads pictures', sharpVersions),
      await sqliteCheck(),
      await fontCheck(),
      ...(await weightChecks()),
      ...(await galleryChecks(flags)),
    ];
    const ok = checks.every(({ status }) => status !== 'bad');
    if (flags.json) printJson({ ok, checks });
    else printChecks(checks, ok);
    context.finish(ok ? exitCodes.done : exitCodes.cannotRun);
  });
}

function printChecks(checks: readonly Check[], ok: boolean): void {
  const word = { ok: colors.green('ok'), note: colors.yellow('note'), bad: colors.red('BAD') };
  const rows = checks.map(({ name, status, detail }) => [word[status], name, printable(detail)]);
  print(renderTable([{ title: '' }, { title: 'what' }, { title: 'how it is' }], rows));
  print(`\n${ok ? 'Everything that is needed is there.' : 'Something is wrong: see BAD above.'}`);
}

const require = createRequire(import.meta.url);

function nodeCheck(): Check {
  const { engines } = require('acquaint/package.json') as { engines: { node: string } };
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = engines.node.replace('>=', '').split('.').map(Number);
  const enough = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  const detail = `${process.version} on ${process.platform} ${process.arch}`;
  return {
    name: 'Node.js',
    status: enough ? 'ok' : 'bad',
    detail: enough ? detail : `${detail}: expected ${engines.node}`,
  };
}

async function loadCheck(
  name: string,
  purpose: string,
  describe: (name: string, loaded: unknown) => string,
): Promise<Check> {
  try {
    const loaded: unknown = await import(name);
    return { name, status: 'ok', detail: `${describe(name, loaded)}, ${purpose}` };
  } catch (error) {
    return { name, status: 'bad', detail: `does not load (${firstLine(error)}): run npm install again` };
  }
}

function versionOf(name: string): string {
  try {
    return (require(`${name}/package.json`) as { version: string }).version;
  } catch {
    return 'loads';
  }
}

function sharpVersions(_name: string, loaded: unknown): string {
  const { versions } = (loaded as typeof import('sharp')).default;
  return `${versions.sharp ?? ''} with libvips ${versions.vips}`;
}

/** The built-in SQLite where Node has it, else the package with the same interface: as the gallery does. */
async function sqliteCheck(): Promise<Check> {
  const builtIn = process.getBuiltinModule?.('node:sqlite') !== undefined;
  if (builtIn) return { name: 'SQLite', status: 'ok', detail: "Node's own, keeps the gallery" };
  const check = await loadCheck('@photostructure/sqlite', 'keeps the gallery', versionOf);
  return { ...check, name: 'SQLite' };
}

async function fontCheck(): Promise<Check> {
  const name = 'font';
  try {
    await access(require.resolve('@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf'));
    return {
      name,
      status: 'ok',
      detail: 'Noto Sans: names in Latin, Greek and Cyrillic; others by system fonts',
    };
  } catch (error) {
    return {
      name,
      status: 'bad',
      detail: `Noto Sans is missing (${firstLine(error)}): run npm install again`,
    };
  }
}

async function weightChecks(): Promise<Check[]> {
  const { verifyWeights } = await loadLibrary();
  const reports = await verifyWeights();
  return reports.map(({ entry, status, problem }) => ({
    name: `weights ${entry.id}`,
    status: status === 'ok' ? 'ok' : 'bad',
    detail: problem ?? `SHA-256 as it should be${entry.commercialUse ? '' : '; not for commercial use'}`,
  }));
}

/** The gallery, and the fetched models that it and the detector need. */
async function galleryChecks(flags: CommonFlags): Promise<Check[]> {
  const name = 'gallery';
  const path = await locatePath(flags.gallery);
  try {
    const { people, recipe, remarks } = await stateOf(flags);
    const faces = people.reduce((sum, person) => sum + person.faces, 0);
    const detail = `${path}: ${counted(people.length, 'person', 'people')}, ${counted(faces, 'face')}, made by ${recipe}`;
    const check: Check = {
      name,
      status: remarks.length === 0 ? 'ok' : 'note',
      detail: remarks.length === 0 ? detail : [`${detail}.`, ...remarks].join(' '),
    };
    return [check, ...(await modelChecks(flags, recipe))];
  } catch (error) {
    const check: Check = hasCode(error, 'gallery_missing')
      ? { name, status: 'note', detail: `none at ${path} yet: acquaint enroll DIR makes it` }
      : { name, status: 'bad', detail: firstLine(error) };
    return [check, ...(await modelChecks(flags, null))];
  }
}

interface GalleryState {
  readonly people: readonly Person[];
  readonly recipe: string;
  /** What its owner should know, in sentences. */
  readonly remarks: readonly string[];
}

/** A gallery that cannot be compared with what was asked for is whole all the same: it is read by its own recipe. */
async function stateOf(flags: CommonFlags): Promise<GalleryState> {
  const read = async (recognizer: Recognizer): Promise<GalleryState> => {
    const remark = await calibrationRemark(recognizer);
    return {
      people: await recognizer.people(),
      recipe: recognizer.galleryRecipe,
      remarks: remark === null ? [] : [remark],
    };
  };
  try {
    return await withGallery(flags, read);
  } catch (error) {
    if (!hasCode(error, 'recipe_mismatch')) throw error;
    const { effort, recipe, mirror, ...others } = flags;
    const state = await withGallery(others, read);
    const asked = recipe ?? effort ?? 'mirror';
    return { ...state, remarks: [incomparableRemark(asked, state.recipe), ...state.remarks] };
  }
}

function incomparableRemark(asked: string, recipe: string): string {
  return (
    `What ${asked} makes cannot be compared with it, so commands with that option or setting refuse it: ` +
    `leave it out, and ${recipe} is taken, or acquaint migrate changes the gallery.`
  );
}

async function modelChecks(flags: CommonFlags, recipe: string | null): Promise<Check[]> {
  const { findPack, RECIPES, verifyPacks } = await loadLibrary();
  const parts = RECIPES.find(({ id }) => id === recipe)?.parts ?? [];
  const packs = [
    ...parts.map(({ embedder }) => findPack(embedder)),
    flags.detector === 'yunet' ? findPack('yunet-n') : null,
  ].filter((pack) => pack !== null);
  const reports = await verifyPacks(await modelsFolderOf(flags), packs);
  return reports.map(({ pack, status, problem }) => ({
    name: `model ${pack.id}`,
    status: status === 'ok' ? 'ok' : 'bad',
    detail: problem ?? 'SHA-256 as it should be',
  }));
}

function hasCode(error: unknown, code: ErrorCode): boolean {
  return isAcquaintError(error) && error.code === code;
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n')[0] ?? '';
}
