import type { DetectedFace, EmbeddedFace, IdentifiedFace, PictureFaces } from '../index.ts';

/** The JSON of docs/command-line.md: pixels of the upright picture, right and bottom exclusive. */
function pictureJson<Face extends DetectedFace>(
  file: string,
  { width, height, faces }: PictureFaces<Face>,
  more: (face: Face) => object,
): object {
  return { file, width, height, faces: faces.map((face) => ({ ...detectedJson(face), ...more(face) })) };
}

function detectedJson({ box: { left, top, right, bottom }, score, landmarks }: DetectedFace): object {
  return { box: { left, top, right, bottom }, score, landmarks: landmarks.map(({ x, y }) => [x, y]) };
}

export function detectJson(file: string, result: PictureFaces<DetectedFace>): object {
  return pictureJson(file, result, () => ({}));
}

export function embedJson(file: string, result: PictureFaces<EmbeddedFace>): object {
  return pictureJson(file, result, ({ embedding, recipe, quality, reasons }) => ({
    embedding: [...embedding],
    recipe,
    quality,
    reasons,
  }));
}

export function recognizeJson(file: string, result: PictureFaces<IdentifiedFace>): object {
  return pictureJson(
    file,
    result,
    ({
      decision,
      person,
      distance,
      threshold,
      strangersNamed,
      calibrated,
      confidence,
      runnerUp,
      quality,
      reasons,
    }) => ({
      decision,
      person,
      distance,
      threshold,
      strangersNamed,
      calibrated,
      confidence,
      runnerUp,
      quality,
      reasons,
    }),
  );
}
