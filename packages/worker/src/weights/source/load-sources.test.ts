import { expect, test } from 'vitest';
import { LoadSources, type PoisonReport } from './load-sources.ts';
import { openSource } from './source.ts';

const one = 'https://one.test/m/files/a';
const two = 'https://two.test/m/files/a';
const three = 'https://three.test/m/files/a';

function open() {
  const clock = { nowMs: 0 };
  const reports: PoisonReport[] = [];
  const sources = ['one', 'two', 'three'].map((name) =>
    openSource({ kind: 'mirror', url: `https://${name}.test/m/` }, { baseUrl: 'https://app.test', hubUrl: '' }),
  );
  const load = new LoadSources(sources, { now: () => clock.nowMs, onPoison: (report) => reports.push(report) });
  return { clock, load, reports };
}

test('sources are asked in the order of the catalog', () => {
  expect(open().load.urlsOf('a')).toEqual([one, two, three]);
});

test('one that was set aside for a file is asked no more for it, for others it is', () => {
  const { clock, load } = open();
  load.setAside(one, 'https://one.test answered with status 404');
  clock.nowMs = Number.MAX_SAFE_INTEGER;
  expect(load.urlsOf('a')).toEqual([two, three]);
  expect(load.urlsOf('b')).toHaveLength(3);
});

test('one at rest is asked last, and after half a minute in its turn again', () => {
  const { clock, load } = open();
  load.rest(one, 'https://one.test could not be reached');
  expect(load.urlsOf('a')).toEqual([two, three, one]);
  clock.nowMs = 29_999;
  expect(load.urlsOf('a')).toEqual([two, three, one]);
  clock.nowMs = 30_000;
  expect(load.urlsOf('a')).toEqual([one, two, three]);
});

test('what each said the last time is kept, in the order of the catalog', () => {
  const { load } = open();
  load.setAside(two, 'two is wrong', { isPoison: true });
  load.rest(one, 'one is slow');
  load.rest(one, 'one is away');
  load.setAside('https://one.test/m/files/b', 'another file');
  expect(load.failuresOf('a').map(({ reason, isPoison }) => [reason, isPoison])).toEqual([
    ['one is away', false],
    ['two is wrong', true],
  ]);
});

test('poison is told to whoever wants to know', () => {
  const { load, reports } = open();
  const report = { origin: 'https://one.test', path: 'a', chunk: 3 };
  load.reportPoison(report);
  expect(reports).toEqual([report]);
  new LoadSources([], { now: () => 0 }).reportPoison(report);
});

test('two sources with the same address are one', () => {
  const mirror = { kind: 'mirror', url: 'https://one.test/m/' } as const;
  const sources = [mirror, mirror].map((source) => openSource(source, { baseUrl: 'https://app.test', hubUrl: '' }));
  expect(new LoadSources(sources, { now: () => 0 }).urlsOf('a')).toEqual([one]);
});
