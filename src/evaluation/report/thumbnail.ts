import { extractChip } from '../../core/chip.ts';
import { rectCentre, rectHeight, rectWidth } from '../../core/geometry.ts';
import { AcquaintError } from '../../errors.ts';
import { createDecoder } from '../../imaging/decode.ts';
import { encodeJpeg } from '../../imaging/encode.ts';
import type { FaceInPicture } from '../mistake.ts';
import { escapeText } from './charts.ts';

const THUMBNAIL_SIDE = 112;
const THUMBNAIL_QUALITY = 82;

/** The face with some of what is around it. A picture that has gone meanwhile leaves an empty place. */
export async function thumbnail({ path, box }: FaceInPicture): Promise<string> {
  const name = escapeText(path.split(/[/\\]/).slice(-2).join('/'));
  try {
    const { image } = await createDecoder().decode(path);
    const side = Math.max(rectWidth(box), rectHeight(box)) * 1.5;
    const chip = extractChip(image, { centre: rectCentre(box), side, angle: 0 }, THUMBNAIL_SIDE);
    const data = Buffer.from(await encodeJpeg(chip, THUMBNAIL_QUALITY)).toString('base64');
    return `<img alt="${name}" title="${name}" width="${THUMBNAIL_SIDE}" height="${THUMBNAIL_SIDE}" src="data:image/jpeg;base64,${data}">`;
  } catch (error) {
    if (!(error instanceof AcquaintError)) throw error;
    return `<span class="gone" title="${name}">gone</span>`;
  }
}
