import { type DevicePackage, type LoadProgress, OrillaError, type StoredPackage } from '@orilla/contract';
import type { Packages } from '@orilla/core';
import { expect, test } from 'vitest';
import { PackageTasks } from './package-tasks.ts';

const pkg: DevicePackage = {
  id: 'tiny',
  engine: 'llamacpp',
  bytes: 100,
  contextLength: 1,
  memory: { weights: 1, kvPerToken: 1, scratch: 1 },
  license: 'Apache-2.0',
  sources: [],
};
const stored: StoredPackage = {
  id: 'tiny',
  bytes: 100,
  totalBytes: 100,
  state: 'complete',
  isComplete: true,
  isPinned: false,
  lastUsedMs: 0,
  progress: null,
};
const progress: LoadProgress = {
  phase: 'verify',
  storedBytes: 50,
  totalBytes: 100,
  fetchedBytes: 0,
  bytesPerSecond: 5,
  secondsLeft: 10,
};

interface Held {
  done(result?: unknown): void;
  fail(error: unknown): void;
}

/** The calls of core, each held until the test settles it; one that is aborted ends as core's do. */
function heldPackages() {
  const calls: string[] = [];
  const held: Held[] = [];
  const hold = (call: string, signal?: AbortSignal): Promise<never> => {
    calls.push(call);
    return new Promise((resolve, reject) => {
      held.push({ done: (result) => resolve(result as never), fail: reject }); // the test gives what the call promises
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  };
  const packages: Packages = {
    list: async () => [],
    subscribe: () => () => undefined,
    isKept: async () => false,
    download: (what, { signal, priority } = {}) =>
      hold(`download ${typeof what === 'string' ? what : what.id} ${priority}`, signal),
    pause: (id) => hold(`pause ${id}`),
    resume: (id) => hold(`resume ${id}`),
    remove: (id) => hold(`remove ${id}`),
    pin: (id, isPinned) => hold(`pin ${id} ${isPinned}`),
    verify: (id, { signal, onProgress } = {}) => {
      onProgress?.(progress);
      return hold(`verify ${id}`, signal);
    },
    export: (id, { signal } = {}) => hold(`export ${id}`, signal),
    import: (archive, { signal, onProgress } = {}) => {
      onProgress?.(progress);
      return hold(`import ${archive.size}`, signal);
    },
  };
  const saved: string[] = [];
  const tasks = new PackageTasks(packages, async (name, file) => {
    saved.push(`${name} ${await file.text()}`);
  });
  return { tasks, calls, saved, last: () => held.at(-1), taskOf: (id: string) => tasks.list.byId.get(id) };
}

test('a download runs in the background of questions, and is over when it is done', async () => {
  const { tasks, calls, last, taskOf } = heldPackages();
  const downloading = tasks.download('tiny', pkg);
  expect(calls).toEqual(['download tiny background']);
  expect(taskOf('tiny')).toMatchObject({ doing: 'download', error: null });
  last()?.done(stored);
  await downloading;
  expect(taskOf('tiny')).toMatchObject({ doing: null, error: null });
});

test('who waits for a paused download goes on waiting: it is that one that is resumed', async () => {
  const { tasks, calls, last } = heldPackages();
  void tasks.download('tiny', pkg);
  const pausing = tasks.pause('tiny');
  last()?.done();
  await pausing;
  void tasks.download('tiny', pkg);
  expect(calls).toEqual(['download tiny background', 'pause tiny', 'resume tiny']);
});

test('what the catalog does not name goes on from where it began', () => {
  const { tasks, calls } = heldPackages();
  void tasks.download('forgotten', null);
  expect(calls).toEqual(['resume forgotten']);
});

test('what fails becomes a card, which the next try takes away', async () => {
  const { tasks, last, taskOf } = heldPackages();
  const first = tasks.download('tiny', pkg);
  last()?.fail(new OrillaError('storage.download-failed', 'The connection dropped.'));
  await first;
  expect(taskOf('tiny')).toMatchObject({ doing: null, error: { kind: 'downloadStopped', isRetryable: true } });
  const second = tasks.download('tiny', pkg);
  expect(taskOf('tiny')?.error).toBeNull();
  last()?.done(stored);
  await second;
});

test('a call that is over at once shows its failure too', async () => {
  const { tasks, last, taskOf } = heldPackages();
  const pinning = tasks.pin('tiny', true);
  last()?.fail(new OrillaError('storage.unavailable', 'There is no storage.'));
  await pinning;
  expect(taskOf('tiny')?.error?.kind).toBe('noStorage');
});

test('a check tells how far it is and what it found, until something else is done', async () => {
  const { tasks, last, taskOf } = heldPackages();
  const checking = tasks.verify('tiny');
  expect(taskOf('tiny')).toMatchObject({ doing: 'verify', progress });
  last()?.done({ checkedBytes: 100, damagedChunks: 2 });
  await checking;
  expect(taskOf('tiny')).toMatchObject({ doing: null, progress: null, damagedChunks: 2 });
  void tasks.download('tiny', pkg);
  expect(taskOf('tiny')?.damagedChunks).toBeNull();
});

test('stopping a check is no failure', async () => {
  const { tasks, taskOf } = heldPackages();
  const checking = tasks.verify('tiny');
  tasks.stop('tiny');
  await checking;
  expect(taskOf('tiny')).toMatchObject({ doing: null, error: null });
});

test('removing ends what this page was doing with it, and is no failure of that', async () => {
  const { tasks, calls, last, taskOf } = heldPackages();
  const downloading = tasks.download('tiny', pkg);
  const removing = tasks.remove('tiny');
  await downloading;
  last()?.done();
  await removing;
  expect(calls.at(-1)).toBe('remove tiny');
  expect(taskOf('tiny')).toMatchObject({ doing: null, error: null });
});

test('an export is saved under the name of the package; a reader who declines has not failed', async () => {
  const { tasks, saved, last, taskOf } = heldPackages();
  const exporting = tasks.export('tiny');
  expect(taskOf('tiny')?.doing).toBe('export');
  last()?.done(new Blob(['tar']));
  await exporting;
  expect(saved).toEqual(['tiny.tar tar']);
  const again = tasks.export('tiny');
  last()?.fail(new DOMException('declined', 'AbortError'));
  await again;
  expect(taskOf('tiny')?.error).toBeNull();
});

test('an import tells its file and how far it is, and leaves nothing behind', async () => {
  const { tasks, calls, last } = heldPackages();
  const importing = tasks.import(new File(['tar'], 'tiny.tar'));
  expect(calls).toEqual(['import 3']);
  expect(tasks.list.importing).toEqual({ fileName: 'tiny.tar', progress, error: null });
  last()?.done(stored);
  await importing;
  expect(tasks.list.importing).toBeNull();
});

test('an import that fails keeps its card until it is closed', async () => {
  const { tasks, last } = heldPackages();
  const importing = tasks.import(new File(['x'], 'other.tar'));
  last()?.fail(new OrillaError('storage.bad-archive', 'The archive ends too early.'));
  await importing;
  expect(tasks.list.importing).toMatchObject({ fileName: 'other.tar', error: { kind: 'badArchive' } });
  tasks.stopImport();
  expect(tasks.list.importing).toBeNull();
});

test('an import that is stopped, or followed by another, says nothing more', async () => {
  const { tasks } = heldPackages();
  const first = tasks.import(new File(['x'], 'first.tar'));
  void tasks.import(new File(['y'], 'second.tar'));
  await first;
  expect(tasks.list.importing?.fileName).toBe('second.tar');
  tasks.stopImport();
  expect(tasks.list.importing).toBeNull();
});

test('listeners are told of each change, and the list is the same object in between', () => {
  const { tasks } = heldPackages();
  let changes = 0;
  const end = tasks.subscribe(() => changes++);
  const before = tasks.list;
  expect(tasks.list).toBe(before);
  void tasks.verify('tiny');
  expect(tasks.list).not.toBe(before);
  expect(changes).toBeGreaterThan(0);
  end();
  const seen = changes;
  tasks.stop('tiny');
  void tasks.pin('other', true);
  expect(changes).toBe(seen);
});
