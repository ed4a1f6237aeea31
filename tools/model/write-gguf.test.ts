import fc from 'fast-check';
import { expect, test } from 'vitest';
import { halfOf, writeGguf } from './write-gguf.ts';

/** What half-precision bits mean. */
function fromHalf(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

test('every half-precision float is written as itself', () => {
  for (let bits = 0; bits < 0x7c00; bits++) {
    expect(halfOf(fromHalf(bits))).toBe(bits);
    expect(halfOf(-fromHalf(bits))).toBe(bits + 0x8000);
  }
});

test('every other number is written as the nearest one', () => {
  fc.assert(
    fc.property(fc.double({ min: -65_000, max: 65_000, noNaN: true }), (value) => {
      const bits = halfOf(value);
      const error = Math.abs(fromHalf(bits) - value);
      for (const other of [bits - 1, bits + 1])
        if ((other & 0x7c00) !== 0x7c00 && other >= 0)
          expect(error).toBeLessThanOrEqual(Math.abs(fromHalf(other) - value));
    }),
  );
  expect(halfOf(1e6)).toBe(0x7c00);
});

test('the head tells where each tensor lies, and each lies at a place that fits', () => {
  const file = writeGguf(
    {
      'general.architecture': 'bert',
      causal: false,
      layers: { u32: 6 },
      epsilon: { f32: 0.5 },
      tokens: ['a', 'ü'],
      types: { i32: [1, 3] },
    },
    [
      { name: 'norm', rows: 1, columns: 3, values: Float32Array.of(1, 2, 3), type: 'f32' },
      { name: 'table', rows: 2, columns: 2, values: Float32Array.of(1, -2, 0.5, 4), type: 'f16' },
    ],
  );
  expect(file.toString('latin1', 0, 4)).toBe('GGUF');
  expect([file.readUInt32LE(4), file.readBigUInt64LE(8), file.readBigUInt64LE(16)]).toEqual([3, 2n, 6n]);
  const behind = (name: string) => file.indexOf(name) + name.length;
  // One dimension of 3, 32-bit floats, at the beginning; 2 rows of 2, 16-bit floats, behind what the first fills up.
  expect([0, 4, 12, 16].map((at) => file.readUInt32LE(behind('norm') + at))).toEqual([1, 3, 0, 0]);
  expect([0, 4, 12, 20, 24].map((at) => file.readUInt32LE(behind('table') + at))).toEqual([2, 2, 2, 1, 32]);
  const data = Math.ceil((behind('table') + 32) / 32) * 32;
  expect(file.length).toBe(data + 64);
  expect([0, 4, 8].map((at) => file.readFloatLE(data + at))).toEqual([1, 2, 3]);
  expect([0, 2, 4, 6].map((at) => fromHalf(file.readUInt16LE(data + 32 + at)))).toEqual([1, -2, 0.5, 4]);
});
