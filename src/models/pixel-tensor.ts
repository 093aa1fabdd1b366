import type { RgbImage } from '../core/image.ts';
import type { Tensor } from '../ports/runtime.ts';

/** How pixels become a net's numbers: (value - mean) / deviation for values of 0 to 255. */
export interface PixelInput {
  readonly channels: 'rgb' | 'bgr';
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Pictures of one size as a tensor [count, 3, height, width], channel by channel.
 * requires  at least one picture
 */
export function pixelTensor(images: readonly RgbImage[], { channels, mean, deviation }: PixelInput): Tensor {
  const { width, height } = images[0]!;
  const plane = width * height;
  const data = new Float32Array(images.length * 3 * plane);
  const order = channels === 'rgb' ? [0, 1, 2] : [2, 1, 0];
  images.forEach((image, i) => {
    order.forEach((channel, position) => {
      let to = (i * 3 + position) * plane;
      for (let from = channel; from < plane * 3; from += 3) {
        data[to++] = (image.data[from]! - mean) / deviation;
      }
    });
  });
  return { type: 'float32', data, dims: [images.length, 3, height, width] };
}
