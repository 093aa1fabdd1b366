// face-api on TensorFlow.js' WebAssembly backend.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const peers = fileURLToPath(new URL('../../peers/', import.meta.url));
const requirePeer = createRequire(join(peers, 'package.json'));

/** Why the peers from npm cannot take part, or null when they can. */
export function peersMissing() {
  if (existsSync(join(peers, 'node_modules'))) return null;
  return 'face-api and onnxruntime-web are left out: npm install --no-package-lock --prefix bench/peers';
}

/** face-api with its nets for detection, landmarks and descriptors. */
export async function openFaceApi() {
  // On Node 20 the backend starts only where there is no fetch.
  const { fetch } = globalThis;
  delete globalThis.fetch;
  const tensorflow = requirePeer('@tensorflow/tfjs');
  const wasm = requirePeer('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${dirname(requirePeer.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  const faceApi = requirePeer('@vladmandic/face-api/dist/face-api.node-wasm.js');
  await tensorflow.setBackend('wasm');
  await tensorflow.ready();
  globalThis.fetch = fetch;
  const models = join(dirname(requirePeer.resolve('@vladmandic/face-api/package.json')), 'model');
  await faceApi.nets.ssdMobilenetv1.loadFromDisk(models);
  await faceApi.nets.faceLandmark68Net.loadFromDisk(models);
  await faceApi.nets.faceRecognitionNet.loadFromDisk(models);
  return { faceApi, tensorflow };
}

export function requireFromPeers(name) {
  return requirePeer(name);
}
