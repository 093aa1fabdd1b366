import type { ChipViews } from '../core/chip-views.ts';
import { DLIB_EMBEDDING_LENGTH, DLIB_RESNET_MODEL } from '../models/dlib/resnet-embedder.ts';
import { findPack, type PackId } from '../packs/catalog.ts';

/** How much work goes into one face: docs/accuracy.md has what each is worth and what it costs. */
export type Effort = 'fast' | 'balanced' | 'accurate';

/** A net that embeds chips: the one that comes with the package, or one of a pack. */
export type EmbedderName = typeof DLIB_RESNET_MODEL | PackId;

/** What one net adds to an embedding. */
export interface RecipePart {
  readonly embedder: EmbedderName;
  /** Views of the chip whose embeddings are averaged. */
  readonly views: ChipViews;
  /** The mean is divided by this power of its norm: 0 leaves it alone, 1 makes it a unit vector. */
  readonly normPower: number;
  /** And multiplied by this, so that the parts weigh what they are worth. */
  readonly weight: number;
  /** Numbers it gives. */
  readonly length: number;
}

/** How an embedding is made: landmarks, then one net or several whose numbers follow each other. */
export interface Recipe {
  /** Kept with every embedding and gallery: `dlib-resnet-v1+4views`. */
  readonly id: string;
  /** dlib: landmarks in whole pixels, as dlib gives them; steady: the mean of several predictions. */
  readonly alignment: 'dlib' | 'steady';
  readonly parts: readonly RecipePart[];
  /** Numbers each part gives, in their order. */
  readonly partLengths: readonly number[];
  /** Numbers in an embedding. */
  readonly length: number;
  /** Only embeddings of one space are compared: they have been measured against each other. */
  readonly space: string;
}

/** Half of the norm's effect is taken out: chosen by hand among what LFW's folds leave open (bench/accuracy/constants.js). */
const NORM_POWER = 0.5;

function dlibPart(views: ChipViews, normPower: number, weight = 1): RecipePart {
  return { embedder: DLIB_RESNET_MODEL, views, normPower, weight, length: DLIB_EMBEDDING_LENGTH };
}

/** Nets of a pack are trained to be compared by angle: their embeddings become unit vectors. */
function packPart(embedder: PackId, views: ChipViews, weight = 1): RecipePart {
  const length = findPack(embedder)?.input.embeddingLength;
  if (!length) throw new TypeError(`Expected a pack that embeds but received ${embedder}`);
  return { embedder, views, normPower: 1, weight, length };
}

function recipe(
  id: string,
  alignment: Recipe['alignment'],
  parts: readonly RecipePart[],
  space = id,
): Recipe {
  const partLengths = parts.map(({ length }) => length);
  const length = partLengths.reduce((sum, each) => sum + each, 0);
  return { id, alignment, parts, partLengths, length, space };
}

/** Chosen by cross-validation over LFW's folds (bench/accuracy/constants.js). */
const MOBILEFACENET_WEIGHT = 0.5;

const VIEWS_SPACE = `${DLIB_RESNET_MODEL}+views`;

/** Every recipe that can be asked for: those of the package from the cheapest on, then those that need a pack. */
export const RECIPES: readonly Recipe[] = [
  // The numbers of dlib and face_recognition, comparable with embeddings made by them.
  recipe(DLIB_RESNET_MODEL, 'dlib', [dlibPart('single', 0)]),
  recipe(`${DLIB_RESNET_MODEL}+mirror`, 'dlib', [dlibPart('mirror', 0)]),
  recipe(`${DLIB_RESNET_MODEL}+4views`, 'steady', [dlibPart('four', NORM_POWER)], VIEWS_SPACE),
  recipe(`${DLIB_RESNET_MODEL}+20views`, 'steady', [dlibPart('twenty', NORM_POWER)], VIEWS_SPACE),
  recipe('mobilefacenet-512+mirror', 'steady', [packPart('mobilefacenet-512', 'mirror')]),
  recipe('dlib+mobilefacenet', 'steady', [
    dlibPart('four', NORM_POWER),
    packPart('mobilefacenet-512', 'mirror', MOBILEFACENET_WEIGHT),
  ]),
  recipe('sface+mirror', 'steady', [packPart('sface', 'mirror')]),
  recipe('auraface+mirror', 'steady', [packPart('auraface', 'mirror')]),
  // buffalo_m holds the same net.
  recipe('buffalo_l+mirror', 'steady', [packPart('buffalo_l', 'mirror')]),
  recipe('buffalo_sc+mirror', 'steady', [packPart('buffalo_sc', 'mirror')]),
];

const RECIPE_OF_EFFORT: Readonly<Record<Effort, string>> = {
  fast: DLIB_RESNET_MODEL,
  balanced: `${DLIB_RESNET_MODEL}+4views`,
  accurate: `${DLIB_RESNET_MODEL}+20views`,
};

export const DEFAULT_EFFORT: Effort = 'balanced';

/** From the cheapest to the most exact. */
export const EFFORTS: readonly Effort[] = ['fast', 'balanced', 'accurate'];

function isEffort(name: string): name is Effort {
  return EFFORTS.some((effort) => effort === name);
}

/** throws  TypeError for an effort that is none */
export function recipeOfEffort(effort: Effort): Recipe {
  if (isEffort(effort)) return recipeOf(RECIPE_OF_EFFORT[effort]);
  throw new TypeError(`Expected 'fast', 'balanced' or 'accurate' for effort but received ${String(effort)}`);
}

/** The recipe that an effort or a recipe's own name stands for; null for any other word. */
export function recipeNamed(name: string): Recipe | null {
  return isEffort(name) ? recipeOfEffort(name) : findRecipe(name);
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
  throw new TypeError(`Expected one of ${known} for recipe but received ${String(id)}`);
}
