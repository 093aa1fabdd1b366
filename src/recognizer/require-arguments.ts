import { refused, requireFields, requireKind, requireNumbers } from '../core/arguments.ts';
import { requireRect } from '../core/geometry.ts';
import { requireImage } from '../core/image.ts';
import type { LabelledEmbedding } from '../core/open-set.ts';
import type { Whose } from '../ports/gallery.ts';
import type { EmbedOptions, FaceEmbedding, PictureInput, Recognizer } from './recognizer-api.ts';

/** throws  TypeError unless it is a name or an id */
export function requireWhose(whose: Whose): void {
  const { id } = Object(whose) as { readonly id?: unknown };
  if (typeof whose === 'string' || typeof id === 'string') return;
  throw refused('a person', 'a name or { id }', whose);
}

/** throws  TypeError unless it is a path, a URL, bytes or pixels; RangeError for pixels that are not whole */
export function requirePicture(name: string, picture: PictureInput): void {
  if (typeof picture === 'string' || picture instanceof URL || picture instanceof Uint8Array) return;
  if (typeof picture !== 'object' || picture === null) {
    throw refused(name, 'a path, a file: URL, bytes or pixels', picture);
  }
  requireImage(picture);
}

/** throws  TypeError, RangeError unless it is a face whose box is known */
export function requireFoundFace(name: string, face: NonNullable<EmbedOptions['faces']>[number]): void {
  requireKind(name, 'object', face);
  requireRect(`${name}.box`, face.box);
}

/** throws  TypeError unless it is an embedding with its recipe */
export function requireFaceEmbedding(name: string, face: FaceEmbedding): void {
  requireFields(name, face, { recipe: 'string' });
  requireNumbers(`${name}.embedding`, face.embedding);
}

/** throws  TypeError unless it is an embedding with its person */
export function requireLabelled(name: string, face: LabelledEmbedding): void {
  requireFields(name, face, { person: 'string' });
  requireNumbers(`${name}.embedding`, face.embedding);
}

/** throws  TypeError unless it is a recognizer */
export function requireRecognizer(recognizer: Pick<Recognizer, 'recipe' | 'embed'>): void {
  requireFields('the recognizer', recognizer, { recipe: 'string', embed: 'function' });
}
