// face-api: detect, landmarks and descriptors of one photo, from its file (decoded by sharp, as for acquaint).
import { createDecoder } from 'acquaint';
import { serve } from './process.js';
import { openFaceApi } from './tensorflow.js';

await serve(async ({ photo }) => {
  const { faceApi, tensorflow } = await openFaceApi();
  const decoder = createDecoder();
  const options = new faceApi.SsdMobilenetv1Options({ minConfidence: 0.5, maxResults: 100 });
  const run = async () => {
    const { image } = await decoder.decode(photo);
    const tensor = tensorflow.tensor3d(image.data, [image.height, image.width, 3], 'int32');
    const found = await faceApi.detectAllFaces(tensor, options).withFaceLandmarks().withFaceDescriptors();
    tensor.dispose();
    return {
      faces: found.map(({ detection: { box } }) => ({
        left: box.left,
        top: box.top,
        right: box.right,
        bottom: box.bottom,
      })),
    };
  };
  await run();
  return { run };
});
