import { expect, test } from 'vitest';
import { type FaultMoment, faultyBackend } from '../backend/faulty-backend.double.ts';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import { bytesResponse, json, type Served, webDouble } from '../network/web.double.ts';
import { samplePackage } from '../sample-package.double.ts';
import { namedChunks } from '../shelf/named-chunks.ts';
import { WeightShelf } from '../shelf/weight-shelf.ts';
import { bytesOf, chunkCount, endingAfter, fileRequests, makeStore, until } from '../store.double.ts';

const sample = samplePackage();
// The same bytes, cut otherwise by the mirror since.
const recut = samplePackage({ chunkBytes: 250 });
const signal = new AbortController().signal;
const head = { bytes: 150, signal };

test('a download that is under way, by another cut than its source has now, goes on untouched', async () => {
  const gate = Promise.withResolvers<void>();
  const held: Served = async (request) => {
    if ((request.range?.start ?? 0) >= 500) await gate.promise;
    return bytesResponse(sample.content, request);
  };
  const network = webDouble({ ...sample.served, [sample.fileUrl]: held });
  const { store, backend, bring } = makeStore(network);
  const { brought } = bring(sample.pkg);
  await until(async () => (await chunkCount(backend)) === 5);
  network.serve({ ...recut.served, [recut.fileUrl]: held });
  expect(await bytesOf(await store.bringHead(sample.pkg, head))).toEqual(sample.content.slice(0, 200));
  expect((await store.list())[0]?.bytes).toBe(500);
  gate.resolve();
  const { manifest, fetchedBytes } = await brought;
  expect([manifest, fetchedBytes]).toEqual([sample.manifest, 1_000]);
});

test('so does one that was left: no source is asked for a manifest', async () => {
  const backend = memoryBackend();
  const early = endingAfter(500, { backend, content: sample.content, storedChunks: 5 });
  const network = webDouble({ ...sample.served, [sample.fileUrl]: early });
  const { store, bring } = makeStore(network, { backend });
  await bring(sample.pkg).brought.catch(() => undefined);
  network.serve({ [recut.manifestUrl]: json(recut.manifest) });
  expect(await bytesOf(await store.bringHead(sample.pkg, head))).toEqual(sample.content.slice(0, 200));
  expect(await backend.drafts.get('sample')).toMatchObject({ manifest: sample.manifest });
  expect((await store.list())[0]?.bytes).toBe(500);
});

test('of a package that is being removed nothing is noted', async () => {
  const network = webDouble(sample.served);
  const { store, backend } = makeStore(network);
  const done = Promise.withResolvers<void>();
  const removing = navigator.locks.request('orilla-download-sample', () => done.promise);
  await store.bringHead(sample.pkg, head);
  expect(await store.list()).toEqual([]);
  done.resolve();
  await removing;
  await store.collectGarbage();
  expect(await chunkCount(backend)).toBe(0);
});

test('of a complete package that has lost a chunk the chunk alone is fetched, and no draft is left', async () => {
  const network = webDouble(sample.served);
  const { store, backend, bring } = makeStore(network);
  await bring(sample.pkg).brought;
  await backend.chunks.delete([sample.manifest.files[0]?.chunks?.[1]?.sha256 ?? '']);
  const before = fileRequests(network).length;
  expect((await store.bringHead(sample.pkg, head)).size).toBe(200);
  expect(fileRequests(network).length - before).toBe(1);
  expect(await store.list()).toMatchObject([{ state: 'complete' }]);
  expect(await backend.drafts.keys()).toEqual([]);
});

const moments: readonly FaultMoment[] = ['before', 'after', 'hang-before', 'hang-after'];
test.each(moments)('a tab that goes at any operation (%s) leaves nothing that belongs to nothing', async (moment) => {
  for (let failAt = 1; ; failAt += 1) {
    const good = memoryBackend();
    const { backend, failed, count } = faultyBackend(good, { failAt, moment });
    const leaving = new AbortController();
    await Promise.race([
      makeStore(webDouble(sample.served), { backend, locks: null })
        .store.bringHead(sample.pkg, { bytes: 150, signal: leaving.signal })
        .catch(() => undefined),
      failed.then(() => new Promise((resolve) => setTimeout(resolve, 0))),
    ]);
    leaving.abort();
    const named = await namedChunks(good);
    expect((await good.chunks.keys()).filter((hash) => !named.has(hash))).toEqual([]);
    const after = makeStore(webDouble(sample.served), { backend: good });
    expect(await bytesOf(await after.store.bringHead(sample.pkg, head))).toEqual(sample.content.slice(0, 200));
    await new WeightShelf(good).remove('sample');
    expect(await good.chunks.keys()).toEqual([]);
    if (count() < failAt) return;
  }
});
