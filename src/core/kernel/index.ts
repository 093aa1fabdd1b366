/**
 * The loops over pixels that JavaScript is too slow for, in AssemblyScript: scripts/build.js compiles it, pixel-memory.ts
 * says what each function does. WebAssembly's fixed-width SIMD, one thread. Addresses and strides are in bytes; up to
 * `SLACK` bytes after what is read may be read too, never written.
 */
export { sampleSquare } from './chip';
export { fhog, fhogBytes } from './fhog';
export { fill } from './fill';
export { halve, halveBytes } from './halve';
export { resize, resizeBytes } from './resize';
export { shrink, shrinkBytes } from './shrink';
export { addLeaves } from './trees';

/** Where memory is free. */
export const FREE: usize = __heap_base;
