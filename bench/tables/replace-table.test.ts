import { expect, test } from 'vitest';
import { replaceTable } from './replace-table.ts';

const document =
  'Before\n<!-- bench relay -->\n\nold\n\n<!-- end -->\nBetween\n<!-- bench engine -->\n<!-- end -->\nAfter\n';

test('replaces the table of one bench and leaves the rest alone', () => {
  const changed = replaceTable(document, 'relay', 'new');
  expect(changed).toBe(document.replace('old', 'new'));
  expect(replaceTable(changed, 'relay', 'old')).toBe(document);
});

test('fills an empty place', () => {
  expect(replaceTable(document, 'engine', 'first')).toContain('<!-- bench engine -->\n\nfirst\n\n<!-- end -->\nAfter');
});

test('a document without a place for it is left alone, loudly', () => {
  expect(() => replaceTable(document, 'client', 'x')).toThrow('no place for the table of "bench client"');
});
