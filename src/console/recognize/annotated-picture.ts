import { downloadZip } from 'client-zip';
import type { Identification } from '../../client/index.ts';
import { answerLabel } from '../pictures/answer-text.ts';
import type { Decision } from '../pictures/face-types.ts';
import { loadPicture } from '../pictures/load-picture.ts';
import type { Photo } from '../stores/recognize-store.ts';

/** As console.css has them. */
const COLORS: Readonly<Record<Decision, string>> = {
  match: '#0d6f65',
  unknown: '#9a4a00',
  ambiguous: '#7a2d8c',
  not_live: '#b01f3a',
};
const JPEG_QUALITY = 0.92;

/** The picture with boxes and names drawn in, a JPEG. throws  DOMException when the browser cannot read it */
export async function annotated(picture: Blob, { faces }: Identification): Promise<Blob> {
  const bitmap = await loadPicture(picture);
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const line = Math.max(2, Math.round(Math.max(canvas.width, canvas.height) / 400));
  for (const face of faces) {
    const { left, top, right, bottom } = face.box;
    context.strokeStyle = COLORS[face.decision];
    context.lineWidth = line;
    context.strokeRect(left, top, right - left, bottom - top);
    drawLabel(context, answerLabel(face), COLORS[face.decision], { left, bottom, size: 7 * line });
  }
  return canvas.convertToBlob({ type: 'image/jpeg', quality: JPEG_QUALITY });
}

/** Below the box, moved into the picture where it would leave it. */
function drawLabel(
  context: OffscreenCanvasRenderingContext2D,
  text: string,
  color: string,
  { left, bottom, size }: { left: number; bottom: number; size: number },
): void {
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.textBaseline = 'middle';
  const { width } = context.measureText(text);
  const x = Math.max(0, Math.min(left, context.canvas.width - width - size));
  const y = Math.min(bottom, context.canvas.height - 1.6 * size);
  context.fillStyle = color;
  context.fillRect(x, y, width + size, 1.6 * size);
  context.fillStyle = '#fff';
  context.fillText(text, x + size / 2, y + 0.82 * size);
}

export interface AnnotatedZip {
  /** null: no picture could be drawn. */
  readonly file: Blob | null;
  /** Paths of pictures that the browser cannot read. */
  readonly leftOut: readonly string[];
}

/** All that were recognised, one after the other: only one is in memory as pixels. */
export async function annotatedZip(photos: readonly Photo[]): Promise<AnnotatedZip> {
  const taken = new Set<string>();
  const leftOut: string[] = [];
  async function* files() {
    for (const { file, path, result } of photos) {
      if (!result) continue;
      const input = await annotated(file, result).catch(() => null);
      if (input) yield { name: freeName(withoutEnding(path), taken), input };
      else leftOut.push(path);
    }
  }
  const file = await downloadZip(files()).blob();
  return { file: taken.size > 0 ? file : null, leftOut };
}

/** What one of them is called when it is saved alone. */
export function annotatedName(path: string): string {
  return `${withoutEnding(path.split('/').at(-1)!)}-acquaint.jpg`;
}

/** '.jpg' alone is a name, not an ending. */
function withoutEnding(path: string): string {
  return path.replace(/(?<=[^/])\.[^./]+$/, '');
}

/** Two pictures may differ in their endings or folders only. */
function freeName(stem: string, taken: Set<string>): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? `${stem}.jpg` : `${stem} (${number}).jpg`;
    if (taken.has(name.toLowerCase())) continue;
    taken.add(name.toLowerCase());
    return name;
  }
}
