import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What Prometheus reads. Labels are routes, methods and codes: no names, no addresses. */
export interface Metrics {
  readonly registry: Registry;
  readonly requests: Histogram<'method' | 'route' | 'status'>;
  readonly faces: Counter<'route'>;
  readonly liveSessions: Gauge;
  readonly liveFrames: Counter<'outcome'>;
  readonly challenges: Counter<'outcome'>;
}

export function createMetrics(queue: { readonly working: number; readonly waiting: number }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: 'acquaint_pictures_in_work',
    help: 'Pictures that are worked on',
    registers,
    collect() {
      this.set(queue.working);
    },
  });
  new Gauge({
    name: 'acquaint_requests_waiting',
    help: 'Requests that wait for their turn',
    registers,
    collect() {
      this.set(queue.waiting);
    },
  });
  return {
    registry,
    requests: new Histogram({
      name: 'acquaint_request_seconds',
      help: 'From the first byte of a request to the last of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    faces: new Counter({
      name: 'acquaint_faces_total',
      help: 'Faces found in pictures',
      labelNames: ['route'],
      registers,
    }),
    liveSessions: new Gauge({
      name: 'acquaint_live_sessions',
      help: 'Open live sessions and challenges',
      registers,
    }),
    liveFrames: new Counter({
      name: 'acquaint_live_frames_total',
      help: 'Frames of live sessions and challenges by what became of them: answered, dropped, failed',
      labelNames: ['outcome'],
      registers,
    }),
    challenges: new Counter({
      name: 'acquaint_challenges_total',
      help: 'Challenges by how they ended: passed, failed, expired, left',
      labelNames: ['outcome'],
      registers,
    }),
  };
}
