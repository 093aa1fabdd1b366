import type { Command } from 'commander';
import type { ModelPack } from '../index.ts';
import { UsageError } from './exit-codes.ts';
import { loadLibrary } from './library.ts';
import type { CommonFlags } from './options.ts';
import { locatePath } from './picture-files.ts';

/** throws UsageError that lists the packs there are */
export async function packNamed(id: string): Promise<ModelPack> {
  const { findPack, modelPacks } = await loadLibrary();
  const pack = findPack(id);
  if (pack !== null) return pack;
  throw new UsageError(
    `Expected one of ${modelPacks.map((known) => known.id).join(', ')} but received ${id}.`,
  );
}

/** The option that makes use of a fetched model; null when nothing uses it. */
export async function optionFor({ id, fileName, kind }: ModelPack): Promise<string | null> {
  if (id === 'yunet-n') return '--detector yunet';
  if (kind === 'liveness') return '--require-live';
  const { findPack, RECIPES } = await loadLibrary();
  const recipes = RECIPES.filter(({ parts }) =>
    // Packs of one net share its file.
    parts.some(({ embedder }) => findPack(embedder)?.fileName === fileName),
  );
  return recipes.length === 0 ? null : recipes.map((recipe) => `--recipe ${recipe.id}`).join(' or ');
}

/** Makes of `--models` the path that is meant, for every command: pasted ones come with quotes around them. */
export async function locateModels(command: Command): Promise<void> {
  const { models } = command.opts<CommonFlags>();
  if (!models) return;
  const source = command.getOptionValueSource('models');
  command.setOptionValueWithSource('models', await locatePath(models), source);
}

/** Where fetched models lie for this call. */
export async function modelsFolderOf({ models }: CommonFlags): Promise<string> {
  const { modelsFolder } = await loadLibrary();
  return models || modelsFolder();
}
