// acquaint's nets and steps on onnxruntime-web (WebAssembly) instead of onnxruntime-node.
import { createDecoder } from 'acquaint';
import { analyze } from '../../../dist/recognizer/analyze.js';
import { createModels } from '../../../dist/recognizer/models.js';
import { serve } from './process.js';
import { requireFromPeers } from './tensorflow.js';

await serve(async ({ photo, minFacePx, threads }) => {
  const onnx = requireFromPeers('onnxruntime-web');
  onnx.env.wasm.numThreads = threads;
  const models = createModels(createWebRuntime(onnx));
  const decoder = createDecoder();
  const run = async () => {
    const { image } = await decoder.decode(photo);
    const faces = await analyze(models, {
      image,
      preprocess: {},
      tryRotations: false,
      detector: 'mmod',
      detection: { minFacePx, scoreThreshold: 0, maxFaces: 1000 },
      landmarks: 5,
      embedding: { recipe: 'dlib-resnet-v1', returnChips: false },
      known: null,
      liveness: null,
    });
    return { faces: faces.map(({ box }) => box) };
  };
  await run();
  return { run };
});

/** The port `Runtime` of src/ports/runtime.ts. */
function createWebRuntime(onnx) {
  return {
    async load(graph) {
      const session = await onnx.InferenceSession.create(graph, { executionProviders: ['wasm'] });
      return {
        inputs: session.inputMetadata.map(({ name, shape }) => ({ name, dims: shape.map(() => null) })),
        async run(inputs) {
          const feeds = Object.fromEntries(
            Object.entries(inputs).map(([name, { type, data, dims }]) => [
              name,
              new onnx.Tensor(type, data, dims),
            ]),
          );
          return session.run(feeds);
        },
        close: () => session.release(),
      };
    },
  };
}
