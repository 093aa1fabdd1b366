import type { RecognizerOptions } from '../index.ts';
import { loadLibrary } from './library.ts';

/** How a command works through its pictures. */
export interface WorkPlan {
  /** Pictures being decoded, analysed or drawn at once: a little more than the recognizer's threads. */
  readonly inWork: number;
  readonly recognizer: Pick<RecognizerOptions, 'threadsPerPicture'>;
}

/** Of so many rounds several pictures are in work nearly all of the time: one thread each is faster then. */
const MANY_ROUNDS = 4;

export async function planWork(pictures: number): Promise<WorkPlan> {
  const { defaultConcurrency } = await loadLibrary();
  const inWork = defaultConcurrency() + 1;
  return { inWork, recognizer: pictures > MANY_ROUNDS * inWork ? { threadsPerPicture: 1 } : {} };
}
