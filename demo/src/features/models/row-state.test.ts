import type { DevicePackage, LoadProgress, PackageState, StoredPackage } from '@orilla/contract';
import { expect, test } from 'vitest';
import type { ModelRow } from './model-rows.ts';
import type { PackageTask } from './package-tasks.ts';
import { rowActions, rowProgress, rowState } from './row-state.ts';

const pkg: DevicePackage = {
  id: 'tiny',
  engine: 'llamacpp',
  bytes: 100,
  contextLength: 1,
  memory: { weights: 1, kvPerToken: 1, scratch: 1 },
  license: 'Apache-2.0',
  sources: [],
};
const stored = (state: PackageState, progress: LoadProgress | null = null): StoredPackage => ({
  id: 'tiny',
  bytes: 40,
  totalBytes: 100,
  state,
  isComplete: state === 'complete',
  isPinned: false,
  lastUsedMs: 0,
  progress,
});
const row = (state: PackageState | null, change: Partial<ModelRow> = {}): ModelRow => ({
  key: 'package tiny',
  title: 'Tiny',
  sharedWith: [],
  pkg,
  fit: { verdict: 'fits', pkg },
  stored: state && stored(state),
  ...change,
});
const task = (change: Partial<PackageTask>): PackageTask => ({
  doing: null,
  progress: null,
  damagedChunks: null,
  error: null,
  ...change,
});
const progress: LoadProgress = {
  phase: 'download',
  storedBytes: 50,
  totalBytes: 100,
  fetchedBytes: 50,
  bytesPerSecond: 5,
  secondsLeft: 10,
};

test.each([
  [row(null), null, 'absent'],
  [row('downloading'), null, 'downloading'],
  [row('waiting'), null, 'waiting'],
  [row('paused'), null, 'paused'],
  [row('incomplete'), null, 'incomplete'],
  [row('complete'), null, 'complete'],
  [row(null, { pkg: null }), null, 'server-only'],
  [row('complete'), task({ doing: 'verify' }), 'checking'],
  [row('complete'), task({ damagedChunks: 0 }), 'complete'],
  [row('incomplete'), task({ damagedChunks: 2 }), 'damaged'],
  // Once it is repaired, what the check found is over.
  [row('complete'), task({ damagedChunks: 2 }), 'complete'],
] as const)('knows where a package stands (%#)', (shown, doing, state) => {
  expect(rowState(shown, doing)).toBe(state);
});

test('offers what can be done, and nothing else', () => {
  const actionsOf = (shown: ModelRow, doing: PackageTask | null = null) => rowActions(shown, rowState(shown, doing));
  expect(actionsOf(row(null))).toEqual(['download']);
  expect(actionsOf(row('downloading'))).toEqual(['pause', 'cancel']);
  expect(actionsOf(row('waiting'))).toEqual(['pause', 'cancel']);
  expect(actionsOf(row('paused'))).toEqual(['resume', 'delete']);
  expect(actionsOf(row('incomplete'))).toEqual(['resume', 'delete']);
  expect(actionsOf(row('incomplete'), task({ damagedChunks: 1 }))).toEqual(['repair', 'delete']);
  expect(actionsOf(row('complete'))).toEqual(['verify', 'export', 'delete']);
  expect(actionsOf(row('complete'), task({ doing: 'verify' }))).toEqual(['stop']);
  expect(actionsOf(row(null, { pkg: null }))).toEqual([]);
});

test('what does not fit, or is not known to, is not offered; what is here already can be removed', () => {
  const tooLarge = {
    verdict: 'blocked',
    reason: { rule: 'fit', verdict: 'too-large', needBytes: 2, haveBytes: 1 },
  } as const;
  for (const fit of [tooLarge, null]) {
    const absent = row(null, { fit });
    expect(rowActions(absent, rowState(absent, null))).toEqual([]);
    const here = row('complete', { fit });
    expect(rowActions(here, rowState(here, null))).toContain('delete');
  }
});

test('shows a bar while something is on its way or left halfway, from whichever tab', () => {
  const barOf = (shown: ModelRow, doing: PackageTask | null = null) =>
    rowProgress(shown, rowState(shown, doing), doing);
  expect(barOf(row('downloading', { stored: stored('downloading', progress) }))).toBe(progress);
  expect(barOf(row('paused', { stored: stored('paused', progress) }))).toMatchObject({
    phase: 'paused',
    storedBytes: 40,
    totalBytes: 100,
    bytesPerSecond: 0,
  });
  expect(barOf(row('waiting'))).toMatchObject({ phase: 'waiting', storedBytes: 40 });
  expect(barOf(row('complete'), task({ doing: 'verify', progress }))).toBe(progress);
  expect(barOf(row('complete'))).toBeNull();
  expect(barOf(row(null))).toBeNull();
});
