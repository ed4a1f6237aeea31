import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repeatedHeader } from './repeated-header.ts';

test('finds a deciding header that stands twice, in whatever spelling', () => {
  expect(repeatedHeader(['Host', 'a', 'Accept', '*/*', 'hOST', 'a'])).toBe('host');
  expect(repeatedHeader(['Orilla-Privacy', 'label=device', 'ORILLA-PRIVACY', 'label=public'])).toBe('orilla-privacy');
  expect(repeatedHeader(['authorization', 'Bearer a', 'Authorization', 'Bearer b'])).toBe('authorization');
});

test('one of each is fine, and headers that decide nothing may repeat', () => {
  const names = ['Host', 'Origin', 'Authorization', 'X-Api-Key', 'Content-Type', 'Orilla-Privacy', 'Orilla-Receipt'];
  expect(repeatedHeader(names.flatMap((name) => [name, 'x']))).toBeNull();
  expect(repeatedHeader(['Accept', 'a', 'Accept', 'b', 'Via', '1', 'Via', '2'])).toBeNull();
  expect(repeatedHeader([])).toBeNull();
});

test('header values are never taken for names', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('host', 'origin', 'x')), (values) => {
      expect(repeatedHeader(values.flatMap((value) => ['accept', value]))).toBeNull();
    }),
  );
});
