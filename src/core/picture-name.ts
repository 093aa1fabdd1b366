import { requireString } from './arguments.ts';

/** The extensions that mark a picture in a folder or an archive; a file that is named itself is opened whatever it is called. */
export const PICTURE_EXTENSIONS: readonly string[] = [
  'jpg',
  'jpeg',
  'jpe',
  'jfif',
  'png',
  'webp',
  'gif',
  'tif',
  'tiff',
  'avif',
  'bmp',
  'heic',
  'heif',
];

/** Whether a file of that name, without its folders, is taken for a picture; hidden ones are not. */
export function isPictureName(name: string): boolean {
  requireString('name', name);
  const [extension = ''] = /(?<=\.)[^.]+$/.exec(name) ?? [];
  return !name.startsWith('.') && PICTURE_EXTENSIONS.includes(extension.toLowerCase());
}
