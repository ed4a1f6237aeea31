import type { LoadProgress } from '@orilla/contract';
import type { ModelRow } from './model-rows.ts';
import type { PackageTask } from './package-tasks.ts';

/** Where a package stands, for a reader. */
export type RowState =
  | 'server-only'
  | 'absent'
  | 'downloading'
  | 'waiting'
  | 'paused'
  | 'incomplete'
  | 'damaged'
  | 'checking'
  | 'complete';

export type RowAction = 'download' | 'resume' | 'pause' | 'cancel' | 'repair' | 'verify' | 'stop' | 'export' | 'delete';

/** `task` is what this page is doing with the package, or has last done. */
export function rowState({ pkg, stored }: ModelRow, task: PackageTask | null): RowState {
  if (!pkg && !stored) return 'server-only';
  if (task?.doing === 'verify') return 'checking';
  if (!stored) return 'absent';
  if (stored.state === 'incomplete' && (task?.damagedChunks ?? 0) > 0) return 'damaged';
  return stored.state;
}

const actions: Readonly<Record<RowState, readonly RowAction[]>> = {
  'server-only': [],
  absent: ['download'],
  downloading: ['pause', 'cancel'],
  waiting: ['pause', 'cancel'],
  paused: ['resume', 'delete'],
  incomplete: ['resume', 'delete'],
  damaged: ['repair', 'delete'],
  checking: ['stop'],
  complete: ['verify', 'export', 'delete'],
};

/** What can be done about it. What this device can't run is not brought here; what is here already can be finished or removed. */
export function rowActions(row: ModelRow, state: RowState): readonly RowAction[] {
  if (state === 'absent' && row.fit?.verdict !== 'fits') return [];
  return actions[state];
}

/** What to show a bar of; `null` where nothing is on its way. */
export function rowProgress({ stored }: ModelRow, state: RowState, task: PackageTask | null): LoadProgress | null {
  if (state === 'checking') return task?.progress ?? null;
  if (!stored || state === 'complete' || state === 'absent') return null;
  if (stored.progress && (state === 'downloading' || state === 'waiting')) return stored.progress;
  return {
    phase: state === 'waiting' ? 'waiting' : 'paused',
    storedBytes: stored.bytes,
    totalBytes: stored.totalBytes,
    fetchedBytes: 0,
    bytesPerSecond: 0,
    secondsLeft: null,
  };
}
