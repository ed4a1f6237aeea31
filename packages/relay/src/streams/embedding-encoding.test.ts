import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeEmbeddings } from './embedding-encoding.ts';

const floats = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
const answer = (embedding: unknown) => ({ data: [{ object: 'embedding', index: 0, embedding }] });

test('32-bit floats survive the way to base64 and back', () => {
  fc.assert(
    fc.property(floats, (embedding) => {
      const body = answer(embedding);
      expect(encodeEmbeddings(body, 'base64')).toBe(true);
      expect(body.data[0]?.embedding).toEqual(Buffer.from(new Float32Array(embedding).buffer).toString('base64'));
      expect(encodeEmbeddings(body, 'float')).toBe(true);
      expect(body.data[0]?.embedding).toEqual(embedding);
    }),
  );
});

test('what has the right encoding is left alone', () => {
  fc.assert(
    fc.property(floats, (embedding) => {
      expect(encodeEmbeddings(answer(embedding), 'float')).toBe(false);
      expect(encodeEmbeddings(answer('AACAPw=='), 'base64')).toBe(false);
    }),
  );
});

test.each([[null], [7], [{}], [['1']], [[null]]])('%j is no embedding', (embedding) => {
  expect(() => encodeEmbeddings(answer(embedding), 'base64')).toThrowError(
    expect.objectContaining({ code: 'relay.upstream-failed' }),
  );
});

test.each([[{}], [{ data: null }], [{ data: [null] }], [answer('AAA=')]])('%j is no answer with floats', (body) => {
  expect(() => encodeEmbeddings(body, 'float')).toThrowError(
    expect.objectContaining({ code: 'relay.upstream-failed' }),
  );
});
