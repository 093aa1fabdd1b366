import { DLIB_CHIP_SIZE, dlibChipRegion, extractChip } from '../core/chip.ts';
import { type ChipViews, extractViews, viewsOfDlibChip } from '../core/chip-views.ts';
import { euclideanDistance, joined, meanEmbedding, scaleByNorm, scaled } from '../core/distance.ts';
import { type Point, type Rect, rectHeight, rectWidth } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';
import { preprocess } from '../core/preprocess.ts';
import { measureQuality } from '../core/quality.ts';
import { rotated, unrotatedPoint, unrotatedRect } from '../core/rotate.ts';
import { DLIB_RESNET_MODEL } from '../models/dlib/resnet-embedder.ts';
import type { Detection } from '../ports/detector.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { AnalysedFace, AnalysisRequest, EmbeddingRequest, LivenessRequest } from './analysis.ts';
import { detectUpright, type Upright } from './detect-upright.ts';
import { judgeLiveness } from './judge-liveness.ts';
import type { Models } from './models.ts';
import { type Recipe, type RecipePart, recipeOf } from './recipes.ts';
import type { DetectorName, FaceLiveness } from './recognizer-api.ts';

/** The whole drawing for one picture: preprocess -> detect -> landmarks -> align -> embed. */
export async function analyze(models: Models, request: AnalysisRequest): Promise<readonly AnalysedFace[]> {
  const prepared = preprocess(request.image, request.preprocess);
  const scale = {
    x: request.image.width / prepared.width,
    y: request.image.height / prepared.height,
  };
  const { image, turns, detections } = await findFaces(models, prepared, scale, request);
  const boxes = detections.map(({ box }) => scaleRect(unrotatedRect(box, prepared, turns), scale));
  const embedded = request.embedding
    ? await embedFaces(models, image, detections, boxes, request.embedding)
    : null;
  const landmarks =
    embedded !== null && request.landmarks === 5
      ? embedded.map(({ landmarks }) => landmarks)
      : await predictLandmarks(
          models,
          image,
          detections.map(({ box }) => box),
          request.landmarks,
        );
  const liveness =
    request.liveness &&
    (await livenessOf(models, request.image, { image, turns, detections }, request.liveness));
  const asGiven = (point: Point): Point => scalePoint(unrotatedPoint(point, prepared, turns), scale);
  return detections.map(({ score, yunet5 }, i) => ({
    box: boxes[i]!,
    score,
    landmarks: landmarks[i]!.map(asGiven),
    ...(yunet5 && { yunet5: yunet5.map(asGiven) }),
    embedded: embedded?.[i]?.face ?? null,
    liveness: liveness?.[i] ?? null,
  }));
}

/** By the pixels as they were given, turned as the faces stand upright. */
function livenessOf(
  models: Models,
  given: RgbImage,
  { image, turns, detections }: Upright,
  request: LivenessRequest,
): Promise<readonly FaceLiveness[]> {
  const upright = rotated(given, turns);
  const scale = { x: upright.width / image.width, y: upright.height / image.height };
  const boxes = detections.map(({ box }) => scaleRect(box, scale));
  return judgeLiveness(models, upright, boxes, request);
}

/** The faces of the prepared picture, which `image` shows upright. */
async function findFaces(
  models: Models,
  prepared: RgbImage,
  scale: Scale,
  { known, detector: name, detection, tryRotations }: AnalysisRequest,
): Promise<Upright> {
  if (known !== null) {
    const back = { x: 1 / scale.x, y: 1 / scale.y };
    const detections = known.map(({ box, score }) => ({ box: scaleRect(box, back), score }));
    return { image: prepared, turns: 0, detections };
  }
  const detector = await models.detector(name);
  const options = { ...detection, minFacePx: Math.max(1, detection.minFacePx / scale.x) };
  return tryRotations
    ? detectUpright(detector, await models.landmarks(5), prepared, options)
    : { image: prepared, turns: 0, detections: await detector.detect(prepared, options) };
}

/** Loads what `analyze` will need with that detector and recipe; null: without embeddings. */
export async function loadModels(
  models: Models,
  detector: DetectorName,
  recipe: string | null,
): Promise<void> {
  await models.detector(detector);
  await models.landmarks(5);
  if (recipe === null) return;
  for (const { embedder } of recipeOf(recipe).parts) await models.embedder(embedder);
}

export async function predictLandmarks(
  models: Models,
  image: RgbImage,
  boxes: readonly Rect[],
  points: 5 | 68,
): Promise<readonly (readonly Point[])[]> {
  if (boxes.length === 0) return [];
  const predictor = await models.landmarks(points);
  return boxes.map((box) => predictor.predict(image, box));
}

export function alignChip(image: RgbImage, landmarks: readonly Point[]): RgbImage {
  return extractChip(image, dlibChipRegion(landmarks), DLIB_CHIP_SIZE);
}

/** Embeddings of dlib's chips whose pictures are gone, by a recipe. */
export async function embedChips(
  models: Models,
  chips: readonly RgbImage[],
  recipe: Recipe,
): Promise<readonly Float32Array[]> {
  const embedded = await embedByParts(models, recipe, (embedder, views) =>
    chips.map((chip) => viewsOfDlibChip(chip, embedder, views)),
  );
  return embedded.map(({ embedding }) => embedding);
}

interface ViewsEmbedding {
  readonly embedding: Float32Array;
  /** Mean distance of the views' embeddings from their mean; null for a single view, and for other nets than dlib's. */
  readonly viewSpread: number | null;
}

/** One embedding a face, the numbers of every net of the recipe joined; dlib's, which is the first, tells the spread. */
async function embedByParts(
  models: Models,
  { parts }: Recipe,
  viewsOfFaces: (embedder: Embedder, views: ChipViews) => readonly (readonly RgbImage[])[],
): Promise<readonly ViewsEmbedding[]> {
  const results: (readonly ViewsEmbedding[])[] = [];
  for (const part of parts) {
    const embedder = await models.embedder(part.embedder);
    results.push(await embedViews(embedder, viewsOfFaces(embedder, part.views), part));
  }
  const [first = [], ...others] = results;
  return first.map(({ embedding, viewSpread }, face) => ({
    embedding: joined([embedding, ...others.map((embeddings) => embeddings[face]!.embedding)]),
    viewSpread,
  }));
}

async function embedViews(
  embedder: Embedder,
  faces: readonly (readonly RgbImage[])[],
  { normPower, weight }: RecipePart,
): Promise<readonly ViewsEmbedding[]> {
  const embeddings = await embedder.embed(faces.flat());
  let start = 0;
  return faces.map((views) => {
    const own = embeddings.slice(start, start + views.length);
    start += views.length;
    const mean = meanEmbedding(own);
    return {
      embedding: scaled(scaleByNorm(mean, normPower), weight),
      viewSpread: embedder.model === DLIB_RESNET_MODEL ? spreadOf(own, mean) : null,
    };
  });
}

/** Its bounds were measured with dlib's net: those of others have other lengths. */
function spreadOf(embeddings: readonly Float32Array[], mean: Float32Array): number | null {
  if (embeddings.length === 1) return null;
  const distances = embeddings.map((embedding) => euclideanDistance(embedding, mean));
  return distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
}

interface EmbeddedFace {
  /** As `predictLandmarks` finds them. */
  readonly landmarks: readonly Point[];
  readonly face: NonNullable<AnalysedFace['embedded']>;
}

/** boxes: the same in the picture as it was given. */
async function embedFaces(
  models: Models,
  image: RgbImage,
  detections: readonly Detection[],
  boxes: readonly Rect[],
  { recipe: recipeId, returnChips }: EmbeddingRequest,
): Promise<readonly EmbeddedFace[]> {
  if (detections.length === 0) return [];
  const recipe = recipeOf(recipeId);
  const predictor = await models.landmarks(5);
  const faces = detections.map(({ box }, i) => {
    const sizePx = shorterSide(boxes[i]!);
    if (recipe.alignment === 'steady') {
      const { points, predicted, spread } = predictor.predictSteady(image, box);
      return { sizePx, landmarks: points, predicted, landmarkSpread: spread };
    }
    const predicted = predictor.predict(image, box);
    return { sizePx, landmarks: predicted, predicted, landmarkSpread: null };
  });
  const embeddings = await embedByParts(models, recipe, (embedder, views) =>
    faces.map(({ landmarks }) =>
      extractViews(image, embedder.chipRegion(landmarks), embedder.chipSize, views),
    ),
  );
  return faces.map((face, i) => {
    const chip = alignChip(image, face.landmarks);
    const { embedding, viewSpread } = embeddings[i]!;
    const quality = measureQuality(chip, { ...face, viewSpread, picture: image });
    return { landmarks: face.predicted, face: { embedding, quality, chip: returnChips ? chip : null } };
  });
}

function shorterSide(box: Rect): number {
  return Math.min(rectWidth(box), rectHeight(box));
}

interface Scale {
  readonly x: number;
  readonly y: number;
}

function scalePoint({ x, y }: Point, scale: Scale): Point {
  if (scale.x === 1 && scale.y === 1) return { x, y };
  return { x: (x + 0.5) * scale.x - 0.5, y: (y + 0.5) * scale.y - 0.5 };
}

function scaleRect(rect: Rect, scale: Scale): Rect {
  return {
    left: Math.round(rect.left * scale.x),
    top: Math.round(rect.top * scale.y),
    right: Math.round(rect.right * scale.x),
    bottom: Math.round(rect.bottom * scale.y),
  };
}
