// acquaint's HOG detector on one thread, without a worker.
import { createDecoder } from 'acquaint';
import { createHogDetector } from '../../../dist/models/dlib/hog-detector.js';
import { createOnnxRuntime } from '../../../dist/runtime/onnx-runtime.js';
import { serve } from './process.js';

await serve(async ({ photo, threads }) => {
  const { image } = await createDecoder().decode(photo);
  const detector = await createHogDetector(createOnnxRuntime({ threads }));
  const options = { minFacePx: 80, scoreThreshold: 0, maxFaces: 1000 };
  const run = async () => ({ faces: (await detector.detect(image, options)).map(({ box }) => box) });
  await run();
  return { run, close: () => detector.close() };
});
