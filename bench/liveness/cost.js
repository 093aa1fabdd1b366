// What does asking whether a face is live cost, on one core?
// node bench/liveness/cost.js [--models DIR] [--rounds 200]
// (npm run build first; acquaint models pull faceplugin-liveness)
import { parseArgs } from 'node:util';
import { createImage } from '../../dist/core/image.js';
import { modelsFolder } from '../../dist/packs/store.js';
import { judgeLiveness } from '../../dist/recognizer/judge-liveness.js';
import { LIVENESS_MODELS, livenessThresholds } from '../../dist/recognizer/liveness-models.js';
import { createModels } from '../../dist/recognizer/models.js';
import { createOnnxRuntime } from '../../dist/runtime/onnx-runtime.js';

const { values } = parseArgs({ options: { models: { type: 'string' }, rounds: { type: 'string' } } });
const rounds = Number(values.rounds ?? 200);
const WARM_UP = 20;

// Of a webcam: what is in it is no matter for the time.
const image = createImage(640, 480);
for (let i = 0; i < image.data.length; i++) image.data[i] = (i * 7919) % 256;
const box = { left: 220, top: 140, right: 400, bottom: 320 };

console.log(`one face of 180 px in 640x480, one thread, medians of ${rounds}; Node ${process.version}`);
for (const model of LIVENESS_MODELS) {
  const models = createModels(createOnnxRuntime({ threads: 1 }), { packs: values.models ?? modelsFolder() });
  const request = { model, thresholds: livenessThresholds(model) };
  try {
    const times = [];
    for (let round = -WARM_UP; round < rounds; round++) {
      const [wall, cpu] = [performance.now(), process.cpuUsage()];
      await judgeLiveness(models, image, [box], request);
      const { user, system } = process.cpuUsage(cpu);
      if (round >= 0) times.push({ wall: performance.now() - wall, cpu: (user + system) / 1000 });
    }
    const [wall, cpu] = ['wall', 'cpu'].map((key) => median(times.map((time) => time[key])).toFixed(1));
    const least = Math.min(...times.map((time) => time.wall)).toFixed(1);
    console.log(`${model}: ${wall} ms (${cpu} ms of processor time, fastest ${least} ms)`);
  } catch (error) {
    if (error.code !== 'model_missing') throw error;
    console.log(`${model}: not fetched`);
  }
}

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
}
