import type {
  DetectedFace,
  EmbeddedFace,
  FaceLiveness,
  IdentifiedFace,
  JudgedFace,
  PictureFaces,
} from '../index.ts';

/** Faces as docs/command-line.md and the API write them: pixels of the upright picture, right and bottom exclusive. */
function picture<Face extends DetectedFace, More extends object>(
  { width, height, faces }: PictureFaces<Face>,
  more: (face: Face) => More,
) {
  return { width, height, faces: faces.map((face) => ({ ...detected(face), ...more(face) })) };
}

function detected({ box: { left, top, right, bottom }, score, landmarks }: DetectedFace) {
  return { box: { left, top, right, bottom }, score, landmarks: landmarks.map(({ x, y }) => [x, y]) };
}

function measured({ quality, reasons }: EmbeddedFace) {
  return { quality, reasons: [...reasons] };
}

/** Who a face is, and how sure that is. */
export function whoIsIt(face: IdentifiedFace) {
  const { decision, person, distance, threshold, strangersNamed, calibrated, confidence, runnerUp } = face;
  return {
    decision,
    liveness: face.liveness && livenessJson(face.liveness),
    person,
    distance,
    threshold,
    strangersNamed,
    calibrated,
    confidence,
    runnerUp,
    ...measured(face),
  };
}

export function detectionJson(result: PictureFaces<DetectedFace>) {
  return picture(result, () => ({}));
}

function livenessJson({ decision, score, thresholds, reason, model }: FaceLiveness) {
  const { spoofBelow, liveFrom } = thresholds;
  return { decision, score, thresholds: { spoofBelow, liveFrom }, reason, model };
}

export function livenessesJson(result: PictureFaces<JudgedFace>) {
  return picture(result, ({ liveness }) => ({ liveness: livenessJson(liveness) }));
}

export function embeddingsJson(result: PictureFaces<EmbeddedFace>) {
  return picture(result, (face) => ({
    embedding: [...face.embedding],
    recipe: face.recipe,
    ...measured(face),
  }));
}

export function identificationJson(result: PictureFaces<IdentifiedFace>) {
  return picture(result, whoIsIt);
}
