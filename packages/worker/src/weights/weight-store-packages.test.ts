import { expect, test } from 'vitest';
import { memoryBackend } from './backend/memory-backend.double.ts';
import { json, webDouble } from './network/web.double.ts';
import { sampleBytes, samplePackage } from './sample-package.double.ts';
import { makeSigner } from './source/signed-package.double.ts';
import { readTrustedKeys } from './source/trusted-keys.ts';
import { bytesOf, chunkCount, makeStore, makeTabs, until } from './store.double.ts';

// What the store does with packages that are there. How each thing is done is tested where it is done.

const sample = samplePackage();
const options = () => ({ signal: new AbortController().signal, onProgress: () => undefined });

test('a pin is told to every tab that watches', async () => {
  const [one, two] = makeTabs(2, webDouble(sample.served));
  if (!one || !two) throw new Error('There are two.');
  await one.bring(sample.pkg).brought;
  const controller = new AbortController();
  let isPinned: boolean | undefined;
  const watching = two.store.watch({
    signal: controller.signal,
    onPackages: ([pkg]) => {
      isPinned = pkg?.isPinned;
    },
  });
  await until(() => isPinned === false);
  await one.store.pin('sample', true);
  await until(() => isPinned === true);
  controller.abort();
  await watching;
});

test('a check finds a damaged chunk, and the next load mends it', async () => {
  const { bring, store, backend } = makeStore(webDouble(sample.served));
  await bring(sample.pkg).brought;
  const damaged = sample.manifest.files[0]?.chunks?.[3]?.sha256 ?? '';
  await backend.chunks.put(damaged, new Blob([new Uint8Array(100)]));
  expect(await store.verify('sample', options())).toEqual({ checkedBytes: 1_000, damagedChunks: 1 });
  expect(await store.list()).toMatchObject([{ state: 'incomplete', bytes: 900 }]);
  expect((await bring(sample.pkg).brought).fetchedBytes).toBe(100);
});

test('a package goes out of one browser and into another without a network', async () => {
  const from = makeStore(webDouble(sample.served));
  await from.bring(sample.pkg).brought;
  const archive = await from.store.export('sample');
  const into = makeStore(webDouble(null));
  expect(await into.store.import(archive, options())).toMatchObject({ id: 'sample', state: 'complete', bytes: 1_000 });
  const { files, fetchedBytes } = await into.bring(sample.pkg).brought;
  expect(fetchedBytes).toBe(0);
  expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
});

test('an imported package, of which no source is known, cannot be resumed, but loaded', async () => {
  const from = makeStore(webDouble(sample.served));
  await from.bring(sample.pkg).brought;
  const into = makeStore(webDouble(sample.served));
  await into.store.import(await from.store.export('sample'), options());
  await into.backend.chunks.delete((await into.backend.chunks.keys()).slice(0, 1));
  await expect(into.store.resume('sample')).rejects.toMatchObject({ code: 'storage.unavailable' });
  expect((await into.bring(sample.pkg).brought).fetchedBytes).toBe(100);
});

test('an archive is taken over only if a trusted key signed it, where keys are pinned', async () => {
  const signer = makeSigner();
  const trustedKeys = readTrustedKeys([signer.publicKey]);
  const unsigned = makeStore(webDouble(sample.served));
  await unsigned.bring(sample.pkg).brought;
  const signedWeb = webDouble({ ...sample.served, [sample.manifestUrl]: json(signer.sign(sample.manifest)) });
  const signed = makeStore(signedWeb);
  await signed.bring(sample.pkg).brought;
  const into = makeStore(webDouble(null), { trustedKeys });
  await expect(into.store.import(await unsigned.store.export('sample'), options())).rejects.toMatchObject({
    code: 'catalog.bad-signature',
  });
  expect(await chunkCount(into.backend)).toBe(0);
  expect(await into.store.import(await signed.store.export('sample'), options())).toMatchObject({ state: 'complete' });
});

test('what a tab has left that was killed is collected', async () => {
  const backend = memoryBackend();
  await backend.chunks.put('aa', new Blob(['orphan']));
  const { store, bring } = makeStore(webDouble(sample.served), { backend });
  await bring(sample.pkg).brought;
  await store.collectGarbage();
  expect(await chunkCount(backend)).toBe(10);
});

test('a package in the background gives way to one that somebody waits for, and says so', async () => {
  const question = samplePackage({ id: 'question', content: sample.content.toReversed() });
  const gate = Promise.withResolvers<void>();
  const network = webDouble({
    ...sample.served,
    ...question.served,
    [question.fileUrl]: async ({ range }) => {
      await gate.promise;
      return new Response(question.content.slice(range?.start, (range?.end ?? 0) + 1), { status: 206 });
    },
  });
  const { store, bring } = makeStore(network);
  const urgent = bring(question.pkg).brought;
  await until(() => network.requests.filter(({ url }) => url === question.fileUrl).length === 2);
  const phases: string[] = [];
  const download = store.download(sample.pkg, {
    ...options(),
    priority: 'background',
    onProgress: ({ phase }) => phases.push(phase),
  });
  await until(() => phases.at(-1) === 'waiting');
  await until(async () => (await store.list()).some(({ id, state }) => id === 'sample' && state === 'waiting'));
  gate.resolve();
  await urgent;
  expect(await download).toMatchObject({ state: 'complete' });
  expect(phases.at(-1)).toBe('open');
});

test('two packages that are downloaded at the same time keep the budget together', async () => {
  const packages = [31, 32].map((seed) => samplePackage({ id: `p${seed}`, content: sampleBytes(1_000, seed) }));
  const network = webDouble(Object.assign({}, ...packages.map(({ served }) => served)));
  const { store, backend } = makeStore(network, { budgetBytes: 1_200 });
  const downloads = packages.map(({ pkg }) => store.download(pkg, { ...options(), priority: 'background' }));
  const settled = await Promise.allSettled(downloads);
  expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(settled.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'storage.quota-exceeded' },
  });
  expect(await chunkCount(backend)).toBe(10);
});
