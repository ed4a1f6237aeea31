import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import { brokenBody, bytesResponse, type Served, webDouble } from '../network/web.double.ts';
import { sampleBytes, samplePackage } from '../sample-package.double.ts';
import { bytesOf, fileRequests, makeStore, until } from '../store.double.ts';

const sample = samplePackage();
const serving = (file: Served) => webDouble({ ...sample.served, [sample.fileUrl]: file });
const whole: Served = () => bytesResponse(sample.content, { range: null });

test('a server that ignores Range is asked once more, for the whole file', async () => {
  const network = serving(whole);
  const { bring } = makeStore(network);
  const { files } = await bring(sample.pkg).brought;
  expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
  const ranges = fileRequests(network).map(({ range }) => range !== null);
  // Two were asked for at the same time before it was known.
  expect(ranges).toEqual([true, true, false]);
});

test('a disk that is slower than the network slows the network down: no more is on its way, in all downloads, than there are slots', async () => {
  const other = samplePackage({ id: 'other', content: sampleBytes(1_000, 2) });
  const network = webDouble({ ...sample.served, ...other.served });
  const memory = memoryBackend();
  let stored = 0;
  let most = 0;
  const backend = {
    ...memory,
    chunks: {
      ...memory.chunks,
      put: async (key: string, blob: Blob) => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        most = Math.max(most, fileRequests(network).length - stored);
        await memory.chunks.put(key, blob);
        stored += 1;
      },
    },
  };
  const { bring } = makeStore(network, { backend });
  await Promise.all([bring(sample.pkg).brought, bring(other.pkg).brought]);
  expect(most).toBe(2);
});

test('what is stored already is passed over in the stream, and not stored again', async () => {
  const memory = memoryBackend();
  const network = webDouble(sample.served);
  await makeStore(network, { backend: memory }).bring(sample.pkg).brought;
  const chunks = sample.manifest.files[0]?.chunks ?? [];
  const lost = [2, 3, 7].map((index) => chunks[index]?.sha256 ?? '');
  await memory.chunks.delete(lost);
  const put: string[] = [];
  const backend = {
    ...memory,
    chunks: {
      ...memory.chunks,
      put: async (key: string, blob: Blob) => {
        put.push(key);
        await memory.chunks.put(key, blob);
      },
    },
  };
  network.serve({ ...sample.served, [sample.fileUrl]: whole });
  const { files } = await makeStore(network, { backend }).bring(sample.pkg).brought;
  expect(put).toEqual(lost);
  expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
});

test('a stream that breaks off is begun again for what it had not given', async () => {
  let streams = 0;
  const network = serving((request) => {
    if (request.range && streams === 0) return bytesResponse(sample.content, { range: null });
    streams += 1;
    return streams === 1
      ? new Response(brokenBody(sample.content, { afterBytes: 550, signal: request.signal }))
      : bytesResponse(sample.content, { range: null });
  });
  const { bring, backend } = makeStore(network);
  const { files } = await bring(sample.pkg).brought;
  expect(streams).toBe(2);
  expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
  expect(await backend.chunks.keys()).toHaveLength(10);
});

test('one that ignores Range and sends other bytes is left for the next source', async () => {
  const bad = samplePackage({ mirror: 'https://bad.test' });
  const network = webDouble({
    ...bad.served,
    ...sample.served,
    [bad.fileUrl]: () => bytesResponse(sampleBytes(1_000, 9), { range: null }),
  });
  const pkg = { ...sample.pkg, sources: [...bad.pkg.sources, ...sample.pkg.sources] };
  const { files } = await makeStore(network).bring(pkg).brought;
  expect(await bytesOf(files.get('model.gguf'))).toEqual(sample.content);
});

test('one that ignores Range and always breaks off at once is not asked for ever', async () => {
  const network = serving(
    (request) =>
      new Response(brokenBody(sample.content, { afterBytes: request.range ? 1_000 : 10, signal: request.signal })),
  );
  await expect(makeStore(network).bring(sample.pkg).brought).rejects.toMatchObject({
    code: 'storage.download-failed',
    message: expect.stringContaining('https://mirror.test'),
  });
  expect(fileRequests(network).length).toBeLessThan(30);
});

test('a download that a server asks to wait keeps nobody from the slots', async () => {
  const other = samplePackage({ id: 'other', content: sampleBytes(1_000, 2), mirror: 'https://other.test' });
  const busy: Served = () => new Response('', { status: 503, headers: { 'Retry-After': '60' } });
  const network = webDouble({ ...sample.served, ...other.served, [sample.fileUrl]: busy });
  let sleeping = 0;
  const sleep: typeof network.sleep = (_, options) => {
    sleeping += 1;
    return new Promise((__, reject) => options.signal.addEventListener('abort', () => reject(options.signal.reason)));
  };
  const { store } = makeStore(network, { network: { ...network, sleep, epochMs: Date.now } });
  const leaving = new AbortController();
  const options = { priority: 'background', onProgress: () => undefined } as const;
  const left = store.download(sample.pkg, { ...options, signal: leaving.signal }).catch(() => undefined);
  await until(() => sleeping >= 2);
  const signal = new AbortController().signal;
  expect(await store.download(other.pkg, { ...options, signal })).toMatchObject({ state: 'complete' });
  leaving.abort();
  await left;
});
