import type { ChipViews } from '../core/chip-views.ts';
import { DLIB_EMBEDDING_LENGTH, DLIB_RESNET_MODEL } from '../models/dlib/resnet-embedder.ts';

/** How much work goes into one face: docs/accuracy.md has what each is worth and what it costs. */
export type Effort = 'fast' | 'balanced' | 'accurate';

/** How an embedding is made: net, views of the chip that are averaged, and what is done to the norm. */
export interface Recipe {
  /** Kept with every embedding and gallery: `dlib-resnet-v1+4views`. */
  readonly id: string;
  /** dlib: landmarks in whole pixels, as dlib gives them; steady: the mean of several predictions. */
  readonly alignment: 'dlib' | 'steady';
  readonly views: ChipViews;
  /** The embedding is divided by this power of its norm. */
  readonly normPower: number;
  /** Numbers in an embedding. */
  readonly length: number;
  /** Only embeddings of one space are compared: they have been measured against each other. */
  readonly space: string;
}

/** Half of the norm's effect is taken out: chosen by cross-validation over LFW's folds (bench/accuracy). */
const NORM_POWER = 0.5;

const asDlib = (suffix: string, views: ChipViews): Recipe => ({
  id: `${DLIB_RESNET_MODEL}${suffix}`,
  alignment: 'dlib',
  views,
  normPower: 0,
  length: DLIB_EMBEDDING_LENGTH,
  space: `${DLIB_RESNET_MODEL}${suffix}`,
});

const withViews = (suffix: string, views: ChipViews): Recipe => ({
  id: `${DLIB_RESNET_MODEL}${suffix}`,
  alignment: 'steady',
  views,
  normPower: NORM_POWER,
  length: DLIB_EMBEDDING_LENGTH,
  space: `${DLIB_RESNET_MODEL}+views`,
});

/** Every recipe that can be asked for, cheapest first. */
export const RECIPES: readonly Recipe[] = [
  // The numbers of dlib and face_recognition, comparable with embeddings made by them.
  asDlib('', 'single'),
  asDlib('+mirror', 'mirror'),
  withViews('+4views', 'four'),
  withViews('+20views', 'twenty'),
];

const RECIPE_OF_EFFORT: Readonly<Record<Effort, string>> = {
  fast: DLIB_RESNET_MODEL,
  balanced: `${DLIB_RESNET_MODEL}+4views`,
  accurate: `${DLIB_RESNET_MODEL}+20views`,
};

export const DEFAULT_EFFORT: Effort = 'balanced';

/** throws  TypeError for an effort that is none */
export function recipeOfEffort(effort: Effort): Recipe {
  const id = Object.hasOwn(RECIPE_OF_EFFORT, effort) ? RECIPE_OF_EFFORT[effort] : undefined;
  if (id === undefined) {
    throw new TypeError(
      `Expected 'fast', 'balanced' or 'accurate' for effort but received ${String(effort)}`,
    );
  }
  return recipeOf(id);
}

/** The recipe of that name, or null. */
export function findRecipe(id: string): Recipe | null {
  return RECIPES.find((recipe) => recipe.id === id) ?? null;
}

/** throws  TypeError for a name that is none */
export function recipeOf(id: string): Recipe {
  const recipe = findRecipe(id);
  if (recipe) return recipe;
  const known = RECIPES.map((each) => each.id).join(', ');
  throw new TypeError(`Expected one of ${known} for recipe but received ${id}`);
}
