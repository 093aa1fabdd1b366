import type {
  EmbeddedFace,
  IdentifiedFace,
  PictureInput,
  Recognizer,
  SearchOptions,
  TrackerRecognizer,
} from '../../index.ts';

/**
 * Who the faces of a picture are, those that are live; the others are not_live, as with `requireLive` of identify, and
 * take no name from a live one.
 * throws  AcquaintError('model_missing' | 'not_for_commercial_use')
 */
export async function identifyLive(
  recognizer: Pick<Recognizer, 'liveness' | 'identifyFaces'>,
  picture: PictureInput,
  faces: readonly EmbeddedFace[],
  options?: SearchOptions,
): Promise<readonly IdentifiedFace[]> {
  const judged = (await recognizer.liveness(picture, { faces })).faces;
  const isLive = (i: number): boolean => judged[i]!.liveness.decision === 'live';
  const live = faces.filter((_, i) => isLive(i));
  const others = faces.filter((_, i) => !isLive(i));
  const named = [...(await recognizer.identifyFaces(live, options))];
  const barred = [...(await recognizer.identifyFaces(others, options))];
  return faces.map((_, i) => {
    const { liveness } = judged[i]!;
    return isLive(i) ? { ...named.shift()!, liveness } : { ...unnamed(barred.shift()!), liveness };
  });
}

/** Nothing is told of whom a picture shows. */
function unnamed(face: IdentifiedFace): IdentifiedFace {
  return { ...face, decision: 'not_live', person: null, distance: null, confidence: null, runnerUp: null };
}

/** A recognizer for a face tracker that names live faces only. requires  frames one after the other */
export function liveOnly(recognizer: Recognizer): TrackerRecognizer {
  let frame: PictureInput | null = null;
  return {
    recipe: recognizer.recipe,
    detect(picture, options) {
      frame = picture;
      return recognizer.detect(picture, options);
    },
    embed: (picture, options) => recognizer.embed(picture, options),
    async identifyFaces(faces, options) {
      if (frame === null) throw new TypeError('Expected a frame before its faces but received none');
      return identifyLive(recognizer, frame, faces, options);
    },
  };
}
