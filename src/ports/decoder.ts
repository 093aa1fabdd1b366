import type { RgbImage } from '../core/image.ts';

/** Where a picture comes from: a path, a file: URL, or the bytes of a picture file. */
export type PictureSource = string | URL | Uint8Array;

export interface Picture {
  /** Upright (EXIF orientation applied), sRGB, without alpha (laid on white). */
  readonly image: RgbImage;
  /** SHA-256 of the file's bytes, lower-case hex: the picture's identity. */
  readonly contentHash: string;
}

export interface Decoder {
  /**
   * throws  AcquaintError('unreadable')          no such file, no permission, a folder
   *         AcquaintError('not_an_image')        empty, no picture format, damaged or cut short
   *         AcquaintError('unsupported_format')  a picture whose decoder is not installed (names the package)
   *         AcquaintError('image_too_large')     more pixels than the stated limit; refused before decoding
   */
  decode(source: PictureSource): Promise<Picture>;
}
