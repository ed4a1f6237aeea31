import { encodeError, isAbortError, type LoadProgress, OrillaError, type StoredPackage } from '@orilla/contract';
import { expect, test } from 'vitest';
import { catalog, orillaDouble } from '../client/orilla.double.ts';
import type { WorkerScript } from '../device/worker.double.ts';

const stored: StoredPackage = {
  id: 'tiny-q4',
  bytes: 10,
  totalBytes: 10,
  state: 'complete',
  isComplete: true,
  isPinned: false,
  lastUsedMs: 1,
  progress: null,
};
const progress: LoadProgress = {
  phase: 'download',
  storedBytes: 5,
  totalBytes: 10,
  fetchedBytes: 5,
  bytesPerSecond: 1,
  secondsLeft: 5,
};
const given: unknown[] = [];

/** Answers every call that has a port with progress, then with `result`, and keeps what it was given. */
const answering = (result: unknown): WorkerScript => ({
  onPackage: (name, answer, ...args) => {
    given.splice(0, Number.POSITIVE_INFINITY, name, ...args);
    answer({ type: 'progress', progress });
    answer({ type: 'done', result });
  },
});

test('downloads by the name of a model: the package that suits the device, with progress', async () => {
  const { orilla } = await orillaDouble(answering(stored));
  const seen: LoadProgress[] = [];
  expect(await orilla.packages.download('tiny', { onProgress: (now) => seen.push(now) })).toEqual(stored);
  expect(given).toEqual(['downloadPackage', catalog.models.tiny?.device[0], { priority: 'question' }]);
  expect(seen).toEqual([progress]);
});

test('downloads a package that is given, in the background where that is asked for', async () => {
  const { orilla } = await orillaDouble(answering(stored));
  const [pkg] = catalog.models.tiny?.device ?? [];
  if (!pkg) throw new Error('The catalog of the double has this package.');
  await orilla.packages.download({ ...pkg, id: 'another' }, { priority: 'background' });
  expect(given).toMatchObject(['downloadPackage', { id: 'another' }, { priority: 'background' }]);
});

test('a name that is no model, or whose packages none suits, is refused before anything is asked of the worker', async () => {
  const { orilla, workers } = await orillaDouble(answering(stored));
  await expect(orilla.packages.download('nobody')).rejects.toMatchObject({ code: 'catalog.unknown-model' });
  await expect(orilla.packages.download('big')).rejects.toThrow(/no package/);
  expect(workers.flatMap(({ calls }) => calls)).not.toContain('downloadPackage');
});

test('aborting a download tells the worker and is a plain AbortError', async () => {
  const { orilla, workers } = await orillaDouble({});
  const controller = new AbortController();
  const downloading = orilla.packages.download('tiny', { signal: controller.signal });
  await expect.poll(() => workers[0]?.calls).toContain('downloadPackage');
  controller.abort();
  await expect(downloading).rejects.toSatisfy(isAbortError);
  await expect.poll(() => workers[0]?.aborted).toContain('downloadPackage');
});

test('checks, exports and imports, each with what the worker answers', async () => {
  const result = { checkedBytes: 10, damagedChunks: 1 };
  const checked = await orillaDouble(answering(result));
  const seen: LoadProgress[] = [];
  expect(await checked.orilla.packages.verify('tiny-q4', { onProgress: (now) => seen.push(now) })).toEqual(result);
  expect([given, seen]).toEqual([['verifyPackage', 'tiny-q4'], [progress]]);

  const archive = new Blob(['tar']);
  const exported = await orillaDouble(answering(archive));
  expect(await (await exported.orilla.packages.export('tiny')).text()).toBe('tar');
  expect(given).toEqual(['exportPackage', 'tiny-q4']);

  const imported = await orillaDouble(answering(stored));
  expect(await imported.orilla.packages.import(archive)).toEqual(stored);
  expect(given[0]).toBe('importPackage');
});

test('an archive that is damaged is the error of the worker, whole', async () => {
  const error = encodeError(new OrillaError('storage.bad-archive', 'The archive ends too early.'));
  const { orilla } = await orillaDouble({ onPackage: (_, answer) => answer({ type: 'error', error }) });
  await expect(orilla.packages.import(new Blob(['x']))).rejects.toMatchObject({ code: 'storage.bad-archive' });
});

test('lists, pauses, resumes, pins and removes', async () => {
  const { orilla, workers } = await orillaDouble({ packages: { listPackages: async () => [stored] } });
  const { packages } = orilla;
  expect(await packages.list()).toEqual([stored]);
  await packages.pause('tiny-q4');
  await packages.resume('tiny-q4');
  await packages.pin('tiny-q4', true);
  await packages.remove('tiny-q4');
  expect(workers[0]?.calls).toEqual([
    'listPackages',
    'pauseDownload tiny-q4',
    'resumeDownload tiny-q4',
    'pinPackage tiny-q4 true',
    'removePackage tiny-q4',
  ]);
});

test('the name of a model stands for its package', async () => {
  const { orilla, workers } = await orillaDouble({});
  await orilla.packages.pause('tiny');
  await orilla.packages.remove('tiny');
  expect(workers[0]?.calls).toEqual(['pauseDownload tiny-q4', 'removePackage tiny-q4']);
});

test('what is neither a model nor a package is an error that says so, whatever is asked', async () => {
  const { orilla, workers } = await orillaDouble({});
  const { packages } = orilla;
  for (const call of [
    () => packages.pause('nobody'),
    () => packages.resume('nobody'),
    () => packages.remove('nobody'),
    () => packages.pin('nobody', true),
    () => packages.verify('nobody'),
    () => packages.export('nobody'),
  ])
    await expect(call()).rejects.toMatchObject({ code: 'catalog.unknown-model' });
  expect(new Set(workers[0]?.calls)).toEqual(new Set(['listPackages']));
});

test('a package that is in no catalog is known while it is stored, and can be removed twice', async () => {
  let all = [{ ...stored, id: 'imported' }];
  const removePackage = async () => {
    all = [];
  };
  const { orilla, workers } = await orillaDouble({ packages: { listPackages: async () => all, removePackage } });
  await orilla.packages.remove('imported');
  await orilla.packages.remove('imported');
  expect(workers[0]?.calls).toEqual(['listPackages', 'removePackage imported', 'removePackage imported']);
});

test('a package that was removed is no longer ready', async () => {
  const { orilla } = await orillaDouble({});
  await orilla.models.prepare('tiny');
  expect(orilla.device?.state.status).toBe('ready');
  await orilla.packages.remove('tiny-q4');
  expect(orilla.device?.state).toEqual({ status: 'idle' });
});

test('who subscribes is told of every change', async () => {
  const { orilla, workers } = await orillaDouble({});
  const seen: number[] = [];
  const end = orilla.packages.subscribe((packages) => seen.push(packages.length));
  await expect.poll(() => workers[0]?.calls).toContain('watchPackages');
  workers[0]?.tell([stored]);
  await expect.poll(() => seen).toEqual([1]);
  end();
});

test('the settings of the store reach the worker first', async () => {
  const store = { trustedKeys: ['a key'], budgetBytes: 7 };
  const { orilla, workers } = await orillaDouble({}, undefined, { device: { store } });
  await orilla.packages.list();
  expect(workers[0]?.settings).toEqual([store]);
});

function storage() {
  let asked = 0;
  return {
    asked: () => asked,
    persisted: async () => asked > 0,
    persist: async () => {
      asked++;
      return true;
    },
  };
}

test.each([
  ['a download', (packages) => packages.download('tiny')],
  ['a download that is resumed', (packages) => packages.resume('tiny-q4')],
  ['an import', (packages) => packages.import(new Blob(['x']))],
] as const satisfies [string, (packages: Awaited<ReturnType<typeof orillaDouble>>['orilla']['packages']) => unknown][])(
  'before %s the browser is asked, once, to keep what is stored',
  async (_, begin) => {
    const kept = storage();
    const { orilla } = await orillaDouble(answering(stored), undefined, { storage: kept });
    await orilla.packages.list();
    expect([kept.asked(), await orilla.packages.isKept()]).toEqual([0, false]);
    await begin(orilla.packages);
    await begin(orilla.packages);
    await expect.poll(() => orilla.packages.isKept()).toBe(true);
    expect(kept.asked()).toBe(1);
  },
);

test('an app that keeps storage by itself is left to it', async () => {
  const kept = storage();
  const { orilla } = await orillaDouble(answering(stored), undefined, {
    device: { keepStorage: false },
    storage: kept,
  });
  await orilla.packages.download('tiny');
  await orilla.models.prepare('tiny');
  expect(kept.asked()).toBe(0);
});

test('without a device way nothing is there, and what would do something says what is missing', async () => {
  const { orilla } = await orillaDouble({}, undefined, { device: false });
  const { packages } = orilla;
  expect([await packages.list(), await packages.isKept()]).toEqual([[], false]);
  packages.subscribe(() => expect.unreachable())();
  const archive = new Blob(['x']);
  for (const call of [
    () => packages.download('tiny'),
    () => packages.pause('a'),
    () => packages.resume('a'),
    () => packages.remove('a'),
    () => packages.pin('a', true),
    () => packages.verify('a'),
    () => packages.export('a'),
    () => packages.import(archive),
  ]) {
    await expect(call()).rejects.toMatchObject({ code: 'capability.unsupported', message: /switched off by this app/ });
  }
});
