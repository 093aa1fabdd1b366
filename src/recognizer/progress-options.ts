import type { Kinds } from '../core/arguments.ts';
import type { CheckOptions } from './check-gallery.ts';

/** Of what takes long and can be interrupted. */
export const PROGRESS_OPTIONS: Kinds<CheckOptions> = { signal: 'signal', onProgress: 'function' };
