import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcquaintError } from '../../src/errors.ts';
import { DlibReader } from '../../src/models/dlib/deserialize.ts';

const reader = (...bytes: number[]) => new DlibReader(Uint8Array.from(bytes), 'test');
const corrupt = expect.objectContaining({ code: 'model_corrupt' });

/** dlib's float_details::convert_from_T for a 24-bit mantissa, then pack_int, as serialize.h writes them. */
function serialiseFloat(value: number): number[] {
  let exponent = value === 0 ? -24 : Math.floor(Math.log2(Math.abs(value))) + 1 - 24;
  let mantissa = value * 2 ** -exponent;
  for (let i = 0; i < 8 && mantissa % 256 === 0; i++) {
    mantissa /= 256;
    exponent += 8;
  }
  return [...serialiseInt(mantissa), ...serialiseInt(exponent)];
}

function serialiseInt(value: number): number[] {
  const magnitude: number[] = [];
  let rest = Math.abs(value);
  do {
    magnitude.push(rest % 256);
    rest = Math.floor(rest / 256);
  } while (rest > 0);
  return [magnitude.length | (value < 0 ? 0x80 : 0), ...magnitude];
}

describe('the reader of dlib primitives', () => {
  it('reads positive and negative whole numbers', () => {
    expect(reader(1, 0x50).int()).toBe(80);
    expect(reader(2, 0x80, 0x12).int()).toBe(4736);
    expect(reader(0x81, 0x11).int()).toBe(-17);
  });

  it('reads the doubles of a published file to the last bit', () => {
    // The suppression threshold in mmod_human_face_detector.dat; it is 0.338276135110995...
    const bytes = [0x07, 0x8c, 0x6a, 0x54, 0xf2, 0x50, 0xa6, 0x15, 0x81, 0x36];
    expect(reader(...bytes).float()).toBe(0.3382761351109955);
  });

  it('reads back every 32-bit float, one by one and many at once', () => {
    const largest = 2 ** 100;
    const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: -largest, max: largest });
    fc.assert(
      fc.property(fc.array(float.filter((value) => value === 0 || Math.abs(value) > 2 ** -100)), (values) => {
        const bytes = values.flatMap(serialiseFloat);
        const one = reader(...bytes);
        const many = new Float32Array(values.length);
        reader(...bytes).floatsInto(many, 0, values.length);
        for (const [i, value] of values.entries()) {
          expect(Math.fround(one.float()) - value).toBe(0);
          expect((many[i] ?? Number.NaN) - value).toBe(0);
        }
        expect(one.remaining).toBe(0);
      }),
    );
  });

  it('refuses what no model contains', () => {
    expect(() => reader(0, 1).int()).toThrow(corrupt);
    expect(() => reader(9, 1, 1, 1, 1, 1, 1, 1, 1, 1).int()).toThrow(corrupt);
    expect(() => reader(0x32).bool()).toThrow(corrupt);
    expect(() => reader(2, 0xff, 0xff).string()).toThrow(corrupt);
    // Exponent 32000 stands for infinity.
    expect(() => reader(1, 0, 2, 0x00, 0x7d).float()).toThrow(corrupt);
  });

  it('refuses a matrix or a count larger than the rest of the file before making room for it', () => {
    expect(() => reader(0x84, 0, 0, 0, 0x7f, 0x81, 1).matrix()).toThrow(corrupt);
    expect(() => reader(4, 0, 0, 0, 0x7f).count(1, 'trees')).toThrow(corrupt);
  });

  it('answers any bytes with a value or model_corrupt, never with anything else', () => {
    const reads = ['int', 'float', 'bool', 'string', 'matrix', 'tensor', 'aliasDims'] as const;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(...reads), (bytes, read) => {
        try {
          new DlibReader(bytes, 'test')[read]();
        } catch (error) {
          expect(error).toBeInstanceOf(AcquaintError);
          expect(error).toEqual(corrupt);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
