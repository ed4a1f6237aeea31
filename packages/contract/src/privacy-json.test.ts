import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isOrillaError } from './error.ts';
import { permitsRelay, permitsUpstream, privacyLabels, zones } from './privacy.ts';
import { parseOrillaFields, parsePrivacy } from './privacy-json.ts';

test('takes labels, zones and regions', () => {
  const privacy = { label: 'organization', zones: ['own-cloud'], regions: ['eu'] };
  expect(parsePrivacy(privacy)).toEqual(privacy);
  expect(parseOrillaFields({ privacy })).toEqual({ privacy });
  expect(parseOrillaFields({})).toEqual({});
});

test.each([
  ['a bare word', 'device'],
  ['a misspelt label', { label: 'Device' }],
  ['no label', {}],
  ['zones alone', { zones: ['own-cloud'] }],
  ['an unknown zone', { label: 'public', zones: ['cloud'] }],
  ['a zone that is no list', { label: 'public', zones: 'own-cloud' }],
  ['an unknown key', { label: 'public', tenants: [] }],
  ['an empty region', { label: 'public', regions: [''] }],
  ['null', null],
])('refuses %s', (_, value) => {
  expect(() => parsePrivacy(value)).toThrow(/privacy/);
  expect(() => parseOrillaFields({ privacy: value })).toThrow(/privacy/);
});

test.each([['x'], [null], [{ privacy: { label: 'device' }, other: 1 }]])('refuses %j as the orilla field', (value) => {
  expect(() => parseOrillaFields(value)).toThrow(/orilla/);
});

test('whatever comes as a label, it is one of ours or refused', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      try {
        expect(privacyLabels).toContain(parsePrivacy(value).label);
      } catch (error) {
        expect(isOrillaError(error) && error.code).toBe('protocol.bad-privacy-header');
      }
    }),
  );
});

test('a word that is no label reaches nothing, should it ever get past the check', () => {
  const words = fc.string().filter((word) => !privacyLabels.some((label) => label === word));
  fc.assert(
    fc.property(words, fc.constantFrom(...zones), (word, zone) => {
      const privacy = { label: word as 'device' }; // what unchecked code may hold
      expect(permitsUpstream(privacy, { zone })).toBe(false);
      expect(permitsRelay(privacy)).toBe(false);
    }),
  );
});
