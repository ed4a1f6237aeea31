import type { PackageSource } from '@orilla/contract';
import { expect, test } from 'vitest';
import { memoryBackend } from './backend/memory-backend.double.ts';
import type { WeightBackend } from './backend/weight-backend.ts';
import { bytesResponse, json, type Served, webDouble } from './network/web.double.ts';
import { describe, sampleBytes, samplePackage, sha256Hex } from './sample-package.double.ts';
import { bytesOf, chunkCount, endingAfter, fileRequests, makeStore } from './store.double.ts';

const sample = samplePackage();

/** Serves the sample, but answers for the file as told. */
const serving = (file: Served) => webDouble({ ...sample.served, [sample.fileUrl]: file });

test('downloads, verifies, stores and opens a package', async () => {
  const network = webDouble(sample.served);
  const { bring, backend } = makeStore(network);
  const { manifest, files, fetchedBytes } = await bring(sample.pkg).brought;
  expect(manifest).toEqual(sample.manifest);
  expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
  expect(fetchedBytes).toBe(1_000);
  expect(await backend.packages.keys()).toEqual(['sample']);
  expect(await backend.drafts.keys()).toEqual([]);
});

test('a second load asks nobody, not even for the manifest, and counts nothing as fetched', async () => {
  const network = webDouble(sample.served);
  const { bring } = makeStore(network);
  await bring(sample.pkg).brought;
  const before = network.requests.length;
  network.serve(null);
  const { brought, progress } = bring(sample.pkg);
  expect((await brought).fetchedBytes).toBe(0);
  expect(await bytesOf((await brought).files.get('model.gguf'))).toEqual(sample.content);
  expect(network.requests).toHaveLength(before);
  expect(progress).toEqual([
    { phase: 'open', storedBytes: 1_000, totalBytes: 1_000, fetchedBytes: 0, bytesPerSecond: 0, secondsLeft: null },
  ]);
});

test('every chunk is under its own hash, and the manifest is stored after the last of them', async () => {
  const order: string[] = [];
  const backend = memoryBackend();
  const watched: WeightBackend = {
    ...backend,
    chunks: {
      ...backend.chunks,
      put: async (key, blob) => {
        expect(sha256Hex(await bytesOf(blob))).toBe(key);
        await backend.chunks.put(key, blob);
        order.push('chunk');
      },
    },
    packages: {
      ...backend.packages,
      put: async (key, value) => {
        order.push('manifest');
        await backend.packages.put(key, value);
      },
    },
  };
  await makeStore(webDouble(sample.served), { backend: watched }).bring(sample.pkg).brought;
  expect(order).toEqual([...Array.from({ length: 10 }, () => 'chunk'), 'manifest']);
});

test('packages that are downloaded at the same time share the transfers that may run', async () => {
  const other = samplePackage({ id: 'other', content: sampleBytes(1_000, 2) });
  let running = 0;
  let most = 0;
  const slow = (content: Uint8Array<ArrayBuffer>): Served => {
    return async (request) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running -= 1;
      return bytesResponse(content, request);
    };
  };
  const network = webDouble({
    ...sample.served,
    ...other.served,
    [sample.fileUrl]: slow(sample.content),
    [other.fileUrl]: slow(other.content),
  });
  const { bring } = makeStore(network);
  await Promise.all([bring(sample.pkg).brought, bring(other.pkg).brought]);
  expect(most).toBe(2);
});

test('after a failure only what is missing is fetched', async () => {
  const backend = memoryBackend();
  const network = serving(endingAfter(600, { backend, content: sample.content, storedChunks: 6 }));
  const { bring } = makeStore(network, { backend });
  await expect(bring(sample.pkg).brought).rejects.toMatchObject({ code: 'storage.download-failed' });
  expect(await chunkCount(backend)).toBe(6);
  network.serve(sample.served);
  const { fetchedBytes, files } = await bring(sample.pkg).brought;
  expect(fetchedBytes).toBe(400);
  expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
});

test('an abort keeps what was stored, and is thrown as it is', async () => {
  const controller = new AbortController();
  const network = serving((request) => {
    if (request.range?.start === 500) controller.abort();
    return bytesResponse(sample.content, request);
  });
  const { bring, backend } = makeStore(network);
  await expect(bring(sample.pkg, controller.signal).brought).rejects.toMatchObject({ name: 'AbortError' });
  expect(await chunkCount(backend)).toBeGreaterThanOrEqual(3);
  expect(await backend.packages.keys()).toEqual([]);
  network.serve(sample.served);
  expect((await bring(sample.pkg).brought).fetchedBytes).toBeLessThan(800);
});

test('corrupt bytes are never stored; the same chunk twice corrupt ends the load', async () => {
  const corrupt = Uint8Array.from(sample.content);
  corrupt[250] = ~(corrupt[250] ?? 0);
  const { bring, backend } = makeStore(serving(corrupt));
  await expect(bring(sample.pkg).brought).rejects.toMatchObject({
    code: 'storage.corrupt-chunk',
    message: expect.stringContaining('https://mirror.test sent chunk 2 of model.gguf'),
  });
  const named = new Set(sample.manifest.files[0]?.chunks?.map(({ sha256 }) => sha256));
  for (const key of await backend.chunks.keys()) expect(named.has(key)).toBe(true);
});

test('bytes that had to be fetched twice are counted twice', async () => {
  const corrupt = Uint8Array.from(sample.content);
  corrupt[250] = ~(corrupt[250] ?? 0);
  const once: Served = (request) => bytesResponse(request.count === 1 ? corrupt : sample.content, request);
  const { fetchedBytes } = await makeStore(serving(once)).bring(sample.pkg).brought;
  expect(fetchedBytes).toBe(1_100);
});

test('a chunk that the browser lost is fetched again, by the manifest that is stored', async () => {
  const network = webDouble(sample.served);
  const { bring, backend } = makeStore(network);
  await bring(sample.pkg).brought;
  const lost = sample.manifest.files[0]?.chunks?.[4]?.sha256 ?? '';
  await backend.chunks.delete([lost]);
  network.serve({ [sample.fileUrl]: sample.content });
  const { fetchedBytes, files } = await bring(sample.pkg).brought;
  expect(fetchedBytes).toBe(100);
  expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
});

test('a file of equal chunks is fetched once and opened whole', async () => {
  const content = new Uint8Array(1_000).fill(7);
  const same = samplePackage({ id: 'same', content });
  const { fetchedBytes, files } = await makeStore(webDouble(same.served)).bring(same.pkg).brought;
  expect(fetchedBytes).toBe(100);
  expect(await bytesOf(files.get('model.gguf'))).toEqual(content);
});

test('tells before the first byte that there is no room, with both figures', async () => {
  const network = webDouble(sample.served);
  const storage = { estimate: async () => ({ usage: 300, quota: 1_200 }) };
  const { bring } = makeStore(network, { storage });
  await expect(bring(sample.pkg).brought).rejects.toMatchObject({
    code: 'storage.quota-exceeded',
    message: expect.stringMatching(/needs 1000 bytes more, and 900 are available/),
  });
  expect(fileRequests(network)).toEqual([]);
});

test('asks for room only for what is missing', async () => {
  const network = webDouble(sample.served);
  const backend = memoryBackend();
  await backend.chunks.put(sha256Hex(sample.content.slice(0, 100)), new Blob([sample.content.slice(0, 100)]));
  const storage = { estimate: async () => ({ usage: 300, quota: 1_200 }) };
  expect((await makeStore(network, { storage, backend }).bring(sample.pkg).brought).fetchedBytes).toBe(900);
});

test('progress: the manifest, then bytes that only grow, then the opening', async () => {
  const { brought, progress } = makeStore(webDouble(sample.served)).bring(sample.pkg);
  await brought;
  expect(progress[0]).toMatchObject({ phase: 'manifest', storedBytes: 0, totalBytes: 1_000 });
  const stored = progress.filter(({ phase }) => phase === 'download').map(({ storedBytes }) => storedBytes);
  expect(stored).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000]);
  expect(progress.at(-1)).toMatchObject({ phase: 'open', storedBytes: 1_000, fetchedBytes: 1_000 });
});

test('the manifest comes from the first source that has a valid one; chunks too', async () => {
  const bad = samplePackage({ mirror: 'https://bad.test' });
  const network = webDouble({ [bad.manifestUrl]: json({ schema: 'something' }), ...sample.served });
  const pkg = describe(sample.manifest, [...bad.pkg.sources, ...sample.pkg.sources]);
  const { files } = await makeStore(network).bring(pkg).brought;
  expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
});

test('a manifest of another package is refused', async () => {
  const network = webDouble({ [sample.manifestUrl]: json({ ...sample.manifest, id: 'other' }) });
  await expect(makeStore(network).bring(sample.pkg).brought).rejects.toMatchObject({ code: 'catalog.bad-manifest' });
});

test('the head of a file: only the chunks that hold it are fetched, and they count for the load', async () => {
  const network = webDouble(sample.served);
  const { store, bring } = makeStore(network);
  const signal = new AbortController().signal;
  const head = await store.bringHead(sample.pkg, { bytes: 150, signal });
  expect(await bytesOf(head)).toEqual(sample.content.slice(0, 200));
  expect(fileRequests(network)).toHaveLength(2);
  await store.bringHead(sample.pkg, { bytes: 250, signal });
  expect(fileRequests(network)).toHaveLength(3);
  expect((await bring(sample.pkg).brought).fetchedBytes).toBe(700);
  network.serve(null);
  expect((await store.bringHead(sample.pkg, { bytes: 150, signal })).size).toBe(1_000);
});

test('a package comes from a name that two servers stand behind, each with its own tag for the file', async () => {
  let asked = 0;
  const network = serving((request) => {
    asked += 1;
    const tag = `"server ${asked % 2}"`;
    const wanted = request.headers.get('If-Range');
    const response = bytesResponse(sample.content, wanted === null || wanted === tag ? request : { range: null });
    response.headers.set('ETag', tag);
    return response;
  });
  const { files, fetchedBytes } = await makeStore(network).bring(sample.pkg).brought;
  expect(fetchedBytes).toBe(1_000);
  expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
});

const past = (served: Served, source: PackageSource = { kind: 'mirror', url: 'https://bad.test/sample/' }) => {
  const network = webDouble({ ...sample.served, 'https://bad.test/sample/manifest.json': served });
  return makeStore(network).bring(describe(sample.manifest, [source, ...sample.pkg.sources])).brought;
};

test('past a source whose address is none, the next one is asked', async () => {
  expect((await past(json({}), { kind: 'mirror', url: 'http://' })).fetchedBytes).toBe(1_000);
  const hub = { kind: 'hub', repository: 'a/\ud800', revision: 'main', path: '' } as const;
  expect((await past(json({}), hub)).fetchedBytes).toBe(1_000);
});

test('past a manifest that breaks what reads it, too', async () => {
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  const text = JSON.stringify(sample.manifest).replace(/}$/, `,"x":${deep}}`);
  expect((await past(new TextEncoder().encode(text))).fetchedBytes).toBe(1_000);
});

test('where there is no other source it is told what is wrong with the catalog', async () => {
  const pkg = describe(sample.manifest, [{ kind: 'mirror', url: 'http://' }]);
  await expect(makeStore(webDouble({})).bring(pkg).brought).rejects.toMatchObject({
    code: 'catalog.bad-catalog',
    message: expect.stringContaining('http:// is no address'),
  });
});
