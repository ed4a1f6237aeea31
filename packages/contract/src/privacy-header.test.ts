import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isOrillaError } from './error.ts';
import { type Privacy, privacyLabels, zones } from './privacy.ts';
import { formatPrivacyHeader, parsePrivacyHeader } from './privacy-header.ts';

const privacy = fc.record(
  {
    label: fc.constantFrom(...privacyLabels),
    zones: fc.uniqueArray(fc.constantFrom(...zones)),
    regions: fc.uniqueArray(fc.stringMatching(/^[ -~]{1,12}$/)),
  },
  { requiredKeys: ['label'] },
) satisfies fc.Arbitrary<Privacy>;

test('reads the form of the design', () => {
  expect(parsePrivacyHeader('label=organization, zones=("on-premises" "own-cloud"), regions=("eu")')).toEqual({
    label: 'organization',
    zones: ['on-premises', 'own-cloud'],
    regions: ['eu'],
  });
});

test('writes what it reads', () => {
  fc.assert(
    fc.property(privacy, (value) => {
      expect(parsePrivacyHeader(formatPrivacyHeader(value))).toEqual(value);
    }),
  );
});

test.each([
  ['an unknown label', 'label=everyone'],
  ['a label in quotes', 'label="device"'],
  ['no label', 'zones=("own-cloud")'],
  ['nothing', ''],
  ['a repeated key', 'label=device, label=public'],
  ['a key repeated behind a list', 'label=organization, zones=("own-cloud"), label=public'],
  ['an unknown key, which could be a narrowing', 'label=public, tenants=("a")'],
  ['a parameter', 'label=public;only-if=asked'],
  ['an unknown zone', 'label=organization, zones=("cloud")'],
  ['a zone that is not text', 'label=organization, zones=(1)'],
  ['a zone outside parentheses', 'label=organization, zones="own-cloud"'],
  ['a parameter inside a list', 'label=organization, zones=("own-cloud";x)'],
  ['an empty member', 'label=organization,'],
  ['an open list', 'label=organization, zones=("own-cloud"'],
  ['an open string', 'label=organization, regions=("eu'],
  ['two headers joined by a comma', 'label=device,label=organization'],
])('refuses %s', (_, header) => {
  expect(() => parsePrivacyHeader(header)).toThrow(/privacy header/);
});

test('never reads a header as something wider than the label it spells, whatever surrounds it', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (before, after) => {
      try {
        expect(parsePrivacyHeader(`${before}label=device${after}`).label).toBe('device');
      } catch (error) {
        expect(isOrillaError(error) && error.code).toBe('protocol.bad-privacy-header');
      }
    }),
  );
});
