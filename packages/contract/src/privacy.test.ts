import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Privacy, permitsRelay, permitsUpstream, privacyLabels, strictest, zones } from './privacy.ts';

const regions = ['eu', 'us'] as const;
const privacy = fc.record(
  {
    label: fc.constantFrom(...privacyLabels),
    zones: fc.uniqueArray(fc.constantFrom(...zones)),
    regions: fc.uniqueArray(fc.constantFrom(...regions)),
  },
  { requiredKeys: ['label'] },
) satisfies fc.Arbitrary<Privacy>;
const upstream = fc.record(
  { zone: fc.constantFrom(...zones), region: fc.constantFrom(...regions) },
  { requiredKeys: ['zone'] },
);

test('a request labelled device may be forwarded to no upstream at all', () => {
  fc.assert(fc.property(upstream, (to) => !permitsUpstream({ label: 'device' }, to)));
});

test('only the label public reaches an upstream in the zone public', () => {
  expect(permitsUpstream({ label: 'organization' }, { zone: 'public' })).toBe(false);
  expect(permitsUpstream({ label: 'public' }, { zone: 'public' })).toBe(true);
});

test('an upstream without a region is outside every named region', () => {
  expect(permitsUpstream({ label: 'organization', regions: ['eu'] }, { zone: 'on-premises' })).toBe(false);
  expect(permitsUpstream({ label: 'organization', regions: ['eu'] }, { zone: 'on-premises', region: 'eu' })).toBe(true);
});

test('the strictest of two labels permits exactly what both permit', () => {
  fc.assert(
    fc.property(privacy, privacy, upstream, (a, b, to) => {
      expect(permitsUpstream(strictest(a, b), to)).toBe(permitsUpstream(a, to) && permitsUpstream(b, to));
    }),
  );
});

test('the strictest of two labels does not depend on their order', () => {
  fc.assert(
    fc.property(privacy, privacy, upstream, (a, b, to) => {
      expect(permitsUpstream(strictest(a, b), to)).toBe(permitsUpstream(strictest(b, a), to));
    }),
  );
});

test('an empty list of zones permits nothing, and keeps the request in the page', () => {
  expect(permitsRelay({ label: 'organization', zones: [] })).toBe(false);
  expect(permitsRelay({ label: 'organization', zones: ['own-cloud'] })).toBe(true);
  expect(permitsRelay({ label: 'organization', zones: ['public'] })).toBe(false);
});
