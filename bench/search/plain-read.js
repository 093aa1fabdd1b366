// What no scan of float32 on one thread can beat: adding up all the bytes, with WebAssembly's SIMD.
import asc from 'assemblyscript/asc';

const SOURCE = `
export function sum(from: usize, to: usize): f32 {
  let a = f32x4.splat(0), b = a, c = a, d = a;
  for (; from < to; from += 64) {
    a = f32x4.add(a, v128.load(from));
    b = f32x4.add(b, v128.load(from, 16));
    c = f32x4.add(c, v128.load(from, 32));
    d = f32x4.add(d, v128.load(from, 48));
  }
  return f32x4.extract_lane(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), 0);
}`;
const PAGE = 65536;

/** A Float32Array of `count` numbers (a multiple of 16) and a function that reads all of them. */
export async function readableNumbers(count) {
  const { binary } = await asc.compileString(SOURCE, {
    optimizeLevel: 3,
    enable: ['simd'],
    runtime: 'stub',
    noAssert: true,
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary));
  const bytes = count * Float32Array.BYTES_PER_ELEMENT;
  const from = exports.memory.buffer.byteLength;
  exports.memory.grow(Math.ceil(bytes / PAGE));
  return {
    numbers: new Float32Array(exports.memory.buffer, from, count),
    read: () => exports.sum(from, from + bytes),
  };
}
