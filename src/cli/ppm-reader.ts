import type { RgbImage } from '../index.ts';

/** `P6`, width, height and 255, as ffmpeg writes them. */
const HEAD = /^P6\s(\d+)\s(\d+)\s255\s/;
const LONGEST_HEAD = 32;

/**
 * Takes the bytes of PPM pictures one after another, in whatever pieces they come; gives those that are whole by then.
 * throws  Error for bytes that are no PPM pictures of 8 bits
 */
export function createPpmReader(): (bytes: Uint8Array) => readonly RgbImage[] {
  let pieces: Uint8Array[] = [];
  let length = 0;
  let wanted = 0;
  return (bytes) => {
    pieces.push(bytes);
    length += bytes.length;
    // Pieces are joined when a picture can be whole, not each time.
    if (length < wanted) return [];
    let data = Buffer.concat(pieces);
    const pictures: RgbImage[] = [];
    for (;;) {
      const head = headOf(data);
      wanted = head ? head.length + head.width * head.height * 3 : 0;
      if (!head || data.length < wanted) break;
      const { width, height } = head;
      pictures.push({ width, height, data: new Uint8Array(data.subarray(head.length, wanted)) });
      data = data.subarray(wanted);
    }
    pieces = [data];
    length = data.length;
    return pictures;
  };
}

/** null while it is not whole. */
function headOf(data: Buffer): { readonly width: number; readonly height: number; length: number } | null {
  const text = data.toString('latin1', 0, LONGEST_HEAD);
  const [head, width, height] = HEAD.exec(text) ?? [];
  if (head !== undefined) return { width: Number(width), height: Number(height), length: head.length };
  if (data.length >= LONGEST_HEAD)
    throw new Error('Expected PPM pictures of ffmpeg but received other bytes');
  return null;
}
