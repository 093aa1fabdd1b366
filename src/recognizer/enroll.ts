import { isInside, type Point, rectArea, rectCentre } from '../core/geometry.ts';
import type { RgbImage } from '../core/image.ts';
import { type FaceQuality, QUALITY_REASON_TEXTS, qualityReasons } from '../core/quality.ts';
import { AcquaintError } from '../errors.ts';
import { encodeJpeg } from '../imaging/encode.ts';
import type { Decoder } from '../ports/decoder.ts';
import type { Gallery, PersonRef, Whose } from '../ports/gallery.ts';
import type { AnalysedFace } from './analysis.ts';
import { loadPicture, pictureName } from './picture-input.ts';
import type { Enrollment, EnrollOptions, PictureInput, QualityFilter } from './recognizer-api.ts';

/** Another person, and how near. */
export type Lookalike = PersonRef & { readonly distance: number };

export interface EnrollContext {
  readonly whose: Whose;
  readonly decoder: Decoder;
  readonly gallery: Gallery;
  readonly keepCrops: boolean;
  readonly largest: boolean;
  /** Pixels of the upright picture: the face at this point is meant. */
  readonly at: Point | undefined;
  readonly qualityFilter: QualityFilter;
  /** Somebody else whom the face would be taken for. */
  readonly lookalike: (embedding: Float32Array) => Promise<Lookalike | null> | null;
  /** Faces with embeddings and chips. */
  readonly analyze: (image: RgbImage) => Promise<readonly AnalysedFace[]>;
}

/** Keeps a 150-pixel crop near 8 kB without visible blocks. */
const CROP_JPEG_QUALITY = 90;

/** Failures of one picture; anything else ends the whole enrolment. */
const PICTURE_FAILURES: ReadonlySet<string> = new Set([
  'no_face',
  'multiple_faces',
  'low_quality',
  'not_an_image',
  'image_too_large',
  'unreadable',
  'unsupported_format',
]);

/**
 * Enrols one picture of a person; `person` is the name that is told. What depends on the picture is told in the result;
 * what depends on the gallery or the models is thrown.
 */
export async function enrollPicture(
  context: EnrollContext,
  person: string,
  source: PictureInput,
): Promise<Enrollment> {
  try {
    const { image, contentHash } = await loadPicture(context.decoder, source);
    if (await context.gallery.hasPicture(context.whose, contentHash)) return alreadyEnrolled(source, person);
    const faces = await context.analyze(image);
    const face = context.at ? faceAt(faces, context.at) : onlyFace(faces, context.largest);
    requireQuality(face.embedded.quality, context.qualityFilter);
    const lookalike = await context.lookalike(face.embedded.embedding);
    if (lookalike) return looksLikeAnother(source, person, lookalike);
    const added = await context.gallery.addFace(context.whose, {
      embedding: face.embedded.embedding,
      contentHash,
      fileName: pictureName(source),
      box: face.box,
      quality: face.embedded.quality,
      chip:
        context.keepCrops && face.embedded.chip
          ? await encodeJpeg(face.embedded.chip, CROP_JPEG_QUALITY)
          : null,
    });
    return { source, person, status: 'enrolled', face: { id: added.face.id, box: face.box } };
  } catch (error) {
    if (!(error instanceof AcquaintError)) throw error;
    if (error.code === 'already_enrolled') return alreadyEnrolled(source, person);
    if (!PICTURE_FAILURES.has(error.code)) throw error;
    return { source, person, status: 'failed', reason: error.code, message: error.message };
  }
}

/** throws  AcquaintError('low_quality') that says what is wrong with the face */
function requireQuality(quality: FaceQuality, filter: QualityFilter): void {
  if (filter === 'none') return;
  const reasons = qualityReasons(quality, filter);
  if (reasons.length === 0) return;
  const texts = reasons.map((reason) => QUALITY_REASON_TEXTS[reason]).join(', ');
  throw new AcquaintError(
    'low_quality',
    `The face is not good enough to be enrolled: ${texts}; take a better picture or a lower quality filter`,
  );
}

function looksLikeAnother(source: PictureInput, person: string, lookalike: Lookalike): Enrollment {
  const message =
    'Another enrolled person is so near that the two may be one; if they are one, enrol it under that name, ' +
    'if they are not, allow lookalikes (--allow-lookalikes, allowLookalikes)';
  return { source, person, status: 'failed', reason: 'looks_like_another_person', message, lookalike };
}

function alreadyEnrolled(source: PictureInput, person: string): Enrollment {
  const message = 'This picture is enrolled for this person already';
  return { source, person, status: 'skipped', reason: 'already_enrolled', message };
}

type EmbeddedFace = AnalysedFace & { readonly embedded: NonNullable<AnalysedFace['embedded']> };

/**
 * The face to take from a picture that should show one.
 * throws  AcquaintError('no_face'), or 'multiple_faces' unless the largest may be taken
 */
export function onlyFace(faces: readonly AnalysedFace[], largest: boolean): EmbeddedFace {
  const embedded = faces.filter(isEmbedded);
  const [first] = embedded.toSorted((a, b) => rectArea(b.box) - rectArea(a.box));
  if (!first) {
    throw new AcquaintError(
      'no_face',
      'No face was found; try a smaller least face size (minFacePx, --min-face) or a clearer picture',
    );
  }
  if (embedded.length > 1 && !largest) {
    throw new AcquaintError(
      'multiple_faces',
      `${embedded.length} faces were found where one was expected; take the largest (largest, --largest), the one at a point (at, --at), or crop the picture`,
    );
  }
  return first;
}

/**
 * The face whose box holds the point; of several the one whose centre is nearest to it.
 * throws  AcquaintError('no_face')
 */
export function faceAt(faces: readonly AnalysedFace[], at: Point): EmbeddedFace {
  const [nearest] = faces
    .filter(isEmbedded)
    .filter(({ box }) => isInside(box, at))
    .map((face) => ({ face, away: squaredDistance(rectCentre(face.box), at) }))
    .sort((a, b) => a.away - b.away);
  if (nearest) return nearest.face;
  throw new AcquaintError(
    'no_face',
    `No face was found at ${at.x},${at.y}, pixels of the upright picture; take a point within the box of a face`,
  );
}

/** throws  TypeError or RangeError unless the options say which face is meant in one way, and a point of one picture */
export function requireFaceChoice({ largest, at }: EnrollOptions, pictures: number): void {
  if (at === undefined) return;
  if (largest) throw new TypeError('Expected either largest or at but received both');
  if (pictures !== 1) throw new RangeError(`Expected one picture for at but received ${pictures}`);
  if (Number.isFinite(at.x) && Number.isFinite(at.y)) return;
  throw new TypeError(`Expected two numbers x and y for at but received ${String(at.x)} and ${String(at.y)}`);
}

function isEmbedded(face: AnalysedFace): face is EmbeddedFace {
  return face.embedded !== null;
}

function squaredDistance(a: Point, b: Point): number {
  return (a.x - b.x) ** 2 + (a.y - b.y) ** 2;
}
