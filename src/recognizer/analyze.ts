import { DLIB_CHIP_SIZE, dlibChipRegion, extractChip, mirrored } from '../core/chip.ts';
import { meanEmbedding } from '../core/distance.ts';
import type { Point, Rect } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';
import { preprocess } from '../core/preprocess.ts';
import { measureQuality } from '../core/quality.ts';
import type { Detection } from '../ports/detector.ts';
import type { Embedder } from '../ports/embedder.ts';
import type { AnalysedFace, AnalysisRequest, EmbeddingRequest } from './analysis.ts';
import type { Models } from './models.ts';

/** The whole drawing for one picture: preprocess -> detect -> landmarks -> align -> embed. */
export async function analyze(models: Models, request: AnalysisRequest): Promise<readonly AnalysedFace[]> {
  const prepared = preprocess(request.image, request.preprocess);
  const scale = {
    x: request.image.width / prepared.width,
    y: request.image.height / prepared.height,
  };
  const detector = await models.detector(request.detector);
  const minFacePx = Math.max(1, request.detection.minFacePx / scale.x);
  const detections = await detector.detect(prepared, { ...request.detection, minFacePx });
  const landmarks = await predictLandmarks(
    models,
    prepared,
    detections.map(({ box }) => box),
    request.landmarks,
  );
  const embedded = request.embedding
    ? await embedFaces(models, prepared, detections, request.embedding)
    : detections.map(() => null);
  return detections.map(({ box, score }, i) => ({
    box: scaleRect(box, scale),
    score,
    landmarks: landmarks[i]!.map((point) => scalePoint(point, scale)),
    embedded: embedded[i] ?? null,
  }));
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

/** Embeddings of chips; with `mirror`, each the mean of the chip's and of its mirror image's. */
export async function embedChips(
  embedder: Embedder,
  chips: readonly RgbImage[],
  mirror: boolean,
): Promise<readonly Float32Array[]> {
  if (!mirror) return embedder.embed(chips);
  const both = await embedder.embed([...chips, ...chips.map(mirrored)]);
  return chips.map((_, i) => meanEmbedding(both[i]!, both[i + chips.length]!));
}

async function embedFaces(
  models: Models,
  image: RgbImage,
  detections: readonly Detection[],
  { mirror, returnChips }: EmbeddingRequest,
): Promise<readonly AnalysedFace['embedded'][]> {
  if (detections.length === 0) return [];
  const boxes = detections.map(({ box }) => box);
  const eyesAndNose = await predictLandmarks(models, image, boxes, 5);
  const chips = eyesAndNose.map((points) => alignChip(image, points));
  const embeddings = await embedChips(await models.embedder(), chips, mirror);
  return chips.map((chip, i) => ({
    embedding: embeddings[i]!,
    quality: measureQuality(boxes[i]!, chip),
    chip: returnChips ? chip : null,
  }));
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
