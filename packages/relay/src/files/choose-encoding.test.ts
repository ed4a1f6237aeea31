import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseEncoding, encodings } from './choose-encoding.ts';

test.each([
  [undefined, 'identity'],
  ['', 'identity'],
  ['br', 'br'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['GZIP', 'gzip'],
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip, deflate', 'gzip'],
  ['deflate, zstd', 'identity'],
  ['gzip;q=1.0, br;q=0.5', 'gzip'],
  ['gzip;q=0.5,br;q=0.5', 'br'],
  ['br;q=0, gzip', 'gzip'],
  ['br;q=0.000, gzip;q=0', 'identity'],
  ['*', 'br'],
  ['*;q=0.5, gzip', 'gzip'],
  ['br;q=0, *', 'gzip'],
  ['identity', 'identity'],
  ['identity;q=1, gzip;q=0.5', 'identity'],
  ['identity;q=0.5, gzip;q=0.5', 'gzip'],
  ['gzip;q=0.001', 'gzip'],
  ['identity;q=0, gzip', 'gzip'],
  ['identity;q=0', 'identity'],
  ['*;q=0', 'identity'],
  ['*;q=0, gzip', 'gzip'],
  ['gzip ; q=0.8 , br ; q=0.9', 'br'],
  ['gzip;q=2', 'identity'],
  ['gzip;q=-1', 'identity'],
  ['gzip;q=0.1234', 'identity'],
  ['gzip;q=', 'identity'],
  ['gzip;level=9', 'identity'],
  ['gzip br', 'identity'],
  ['br;q=nan, gzip', 'gzip'],
  [',,gzip,,', 'gzip'],
])('%j asks for %s', (header, encoding) => {
  expect(chooseEncoding(header)).toBe(encoding);
});

test('whatever a header holds, nothing is chosen that it neither names nor leaves open', () => {
  const name = fc.constantFrom('br', 'gzip', 'identity', '*', 'deflate');
  const part = fc.tuple(name, fc.constantFrom('', ';q=0', ';q=0.3', ';q=1', ';q=x')).map((pair) => pair.join(''));
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.array(part).map(String)), (header) => {
      const chosen = chooseEncoding(header);
      expect(encodings).toContain(chosen);
      if (chosen !== 'identity') expect(header.toLowerCase()).toMatch(chosen === 'br' ? /br|\*/ : /gzip|\*/);
    }),
  );
});
