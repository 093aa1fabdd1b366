import {
  mapRect,
  type OverlapRule,
  type Point,
  type Rect,
  rectWidth,
  suppressNonMaxima,
} from '../core/geometry.ts';
import { createImage, type RgbImage } from '../core/image.ts';
import { downscale } from '../core/preprocess.ts';
import { resizeBilinear } from '../core/resize.ts';
import { AcquaintError } from '../errors.ts';
import type { Detection, DetectionOptions, Detector } from '../ports/detector.ts';
import type { Runtime, Session, Tensor } from '../ports/runtime.ts';
import { loadNet } from './load-net.ts';
import { type PixelInput, pixelTensor } from './pixel-tensor.ts';

/** One prediction for every cell of so many pixels: the net's three scales. */
const STRIDES = [8, 16, 32] as const;
const COARSEST_STRIDE = 32;
/** The net was given pixels as they are, blue first. */
const PIXELS: PixelInput = { channels: 'bgr', mean: 0, deviation: 1 };
/** The side that the smallest face wanted gets (bench/detection). */
const LEAST_FACE_PX = 20;
/** Smaller boxes than this share of it are left out: nobody asked for them, and most false alarms are among them. */
const LEAST_SHARE = 0.65;
const MAX_ENLARGEMENT = 4;
/** The net sees some 600 pixels at once: faces that fill a larger picture are looked for in a small copy of it. */
const SMALL_COPY_PX = 320;
/** Above this a detection counts (bench/detection). */
const TRAINED_THRESHOLD = 0.6;
/** Two scales may find one face as boxes of different size, one inside the other. */
const SUPPRESSION: OverlapRule = { iou: 0.3, covered: 0.8 };

/**
 * YuNet (Wu, Peng and Yu: YuNet, a tiny millisecond-level face detector, MIR 2023), exported with open sizes.
 * Its boxes are turned into dlib's, a square about brows and chin, so that what comes after the detector finds what it
 * was trained on.
 * throws  AcquaintError('model_corrupt') for a graph that takes or gives something else
 */
export async function createYunetDetector(runtime: Runtime, graph: Uint8Array): Promise<Detector> {
  const { session, declared: inputName } = await loadNet(runtime, graph, inputNameOf);
  return {
    detect: (image, options) => detect(session, inputName, image, options),
    close: () => session.close(),
  };
}

/** throws  AcquaintError('model_corrupt') unless it takes pictures of three channels */
function inputNameOf({ inputs: [input] }: Session): string {
  if (input?.dims.length === 4 && input.dims[1] === 3) return input.name;
  throw new AcquaintError(
    'model_corrupt',
    'Expected a detector that takes pictures of three channels but received another net',
  );
}

async function detect(
  session: Session,
  inputName: string,
  image: RgbImage,
  { minFacePx, scoreThreshold, maxFaces }: DetectionOptions,
): Promise<readonly Detection[]> {
  const candidates: Detection[] = [];
  for (const copy of copiesOf(image, LEAST_FACE_PX / minFacePx)) {
    const padded = padded32(copy);
    const outputs = await session.run({ [inputName]: pixelTensor([padded], PIXELS) });
    const ratio = { x: image.width / copy.width, y: image.height / copy.height };
    const inPicture = ({ x, y }: Point): Point => ({
      x: (x + 0.5) * ratio.x - 0.5,
      y: (y + 0.5) * ratio.y - 0.5,
    });
    for (const found of facesOf(outputs, padded, scoreThreshold)) {
      const box = mapRect(found.box, inPicture);
      if (rectWidth(box) < minFacePx * LEAST_SHARE) continue;
      candidates.push({ box, score: found.score, yunet5: found.yunet5.map(inPicture) });
    }
  }
  return suppressNonMaxima(candidates, SUPPRESSION).slice(0, maxFaces);
}

/** The picture at the scale that shows the smallest face wanted, and a small one for the largest. */
function copiesOf(image: RgbImage, wanted: number): readonly RgbImage[] {
  const scale = Math.min(MAX_ENLARGEMENT, wanted);
  const small = SMALL_COPY_PX / Math.max(image.width, image.height);
  return small < scale / 2 ? [resized(image, scale), resized(image, small)] : [resized(image, scale)];
}

function resized(image: RgbImage, scale: number): RgbImage {
  if (scale === 1) return image;
  if (scale < 1) return downscale(image, scale);
  return resizeBilinear(image, Math.round(image.width * scale), Math.round(image.height * scale), 'nearest');
}

/** Black on the right and below, up to whole cells of every scale. */
function padded32(image: RgbImage): RgbImage {
  const whole = (side: number): number => Math.ceil(side / COARSEST_STRIDE) * COARSEST_STRIDE;
  const target = createImage(whole(image.width), whole(image.height));
  for (let y = 0; y < image.height; y++) {
    const row = image.data.subarray(y * image.width * 3, (y + 1) * image.width * 3);
    target.data.set(row, y * target.width * 3);
  }
  return target;
}

/** Numbers a cell gives under each name of the net's outputs. */
const OUTPUTS = { cls: 1, obj: 1, bbox: 4, kps: 10 } as const;

/** What the cells of the three scales say, as boxes and points of the net's picture. */
function facesOf(
  outputs: Readonly<Record<string, Tensor>>,
  { width, height }: RgbImage,
  scoreThreshold: number,
): Required<Detection>[] {
  return STRIDES.flatMap((stride) => {
    const columns = width / stride;
    const cells = columns * (height / stride);
    const numbers = (name: keyof typeof OUTPUTS): Float32Array =>
      numbersOf(outputs, `${name}_${stride}`, cells * OUTPUTS[name]);
    const [isFace, isObject, boxes, points] = [
      numbers('cls'),
      numbers('obj'),
      numbers('bbox'),
      numbers('kps'),
    ] as const;
    const faces: Required<Detection>[] = [];
    for (let cell = 0; cell < cells; cell++) {
      const score = Math.sqrt(share(isFace[cell]!) * share(isObject[cell]!)) - TRAINED_THRESHOLD;
      if (score < scoreThreshold) continue;
      const at = (right: number, down: number): Point => ({
        x: ((cell % columns) + right) * stride,
        y: (Math.floor(cell / columns) + down) * stride,
      });
      const { x, y } = at(boxes[4 * cell]!, boxes[4 * cell + 1]!);
      const across = Math.exp(boxes[4 * cell + 2]!) * stride;
      const down = Math.exp(boxes[4 * cell + 3]!) * stride;
      const yunet5 = [0, 2, 4, 6, 8].map((i) => at(points[10 * cell + i]!, points[10 * cell + i + 1]!));
      faces.push({ box: dlibBox(x, y, across, down), score, yunet5 });
    }
    return faces;
  });
}

function share(value: number): number {
  return Math.max(0, Math.min(1, value));
}

function numbersOf(outputs: Readonly<Record<string, Tensor>>, name: string, count: number): Float32Array {
  const data = outputs[name]?.data;
  if (data instanceof Float32Array && data.length === count) return data;
  throw new AcquaintError(
    'model_corrupt',
    `Expected ${count} numbers in ${name} of the detector but received ${data?.length ?? 'none'}`,
  );
}

/** dlib's box of a face against YuNet's, means over LFW's 7,701 faces: its side, and how much higher its middle lies. */
const DLIB_SIDE = 0.909;
const DLIB_HIGHER = 0.017;

/** x, y: the middle of YuNet's box, which goes from the hair line to the chin and is higher than wide. */
function dlibBox(x: number, y: number, across: number, down: number): Rect {
  const side = Math.sqrt(across * down);
  const reach = (side * DLIB_SIDE) / 2;
  const middle = y - side * DLIB_HIGHER;
  return { left: x - reach, top: middle - reach, right: x + reach, bottom: middle + reach };
}
