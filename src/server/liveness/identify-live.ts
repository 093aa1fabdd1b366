import type { EmbeddedFace, IdentifiedFace, PictureInput, Recognizer, SearchOptions } from '../../index.ts';

/**
 * Who the faces of a picture are, those that are live; the others are not_live, as with `requireLive` of identify.
 * throws  AcquaintError('model_missing' | 'not_for_commercial_use')
 */
export async function identifyLive(
  recognizer: Pick<Recognizer, 'liveness' | 'identifyFaces'>,
  picture: PictureInput,
  faces: readonly EmbeddedFace[],
  options?: SearchOptions,
): Promise<readonly IdentifiedFace[]> {
  const judged = await recognizer.liveness(picture, { faces });
  const liveness = judged.faces.map((face) => face.liveness);
  return recognizer.identifyFaces(faces, { ...options, liveness });
}
