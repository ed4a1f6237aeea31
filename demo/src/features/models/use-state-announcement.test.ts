import { expect, test } from 'vitest';
import { type AnnouncedRow, changedRows } from './use-state-announcement.ts';

const row = (key: string, state: AnnouncedRow['state']): AnnouncedRow => ({ key, title: key.toUpperCase(), state });

test('tells which models changed their state, and nothing of the others', () => {
  const before = [row('a', 'downloading'), row('b', 'complete')];
  expect(changedRows(before, [row('a', 'complete'), row('b', 'complete')])).toEqual([row('a', 'complete')]);
  expect(changedRows(before, [...before])).toEqual([]);
});

test('says nothing of how things stand when the page opens', () => {
  expect(changedRows(undefined, [row('a', 'complete')])).toEqual([]);
  expect(changedRows([row('a', 'complete')], undefined)).toEqual([]);
});

test('a package that appears is told, and one whose row is gone was removed', () => {
  expect(changedRows([], [row('a', 'downloading')])).toEqual([row('a', 'downloading')]);
  expect(changedRows([row('a', 'incomplete')], [])).toEqual([row('a', 'absent')]);
  expect(changedRows([], [row('a', 'absent')])).toEqual([]);
});
