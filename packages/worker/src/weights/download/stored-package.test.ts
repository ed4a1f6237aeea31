import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import { json, webDouble } from '../network/web.double.ts';
import { sampleBytes, samplePackage } from '../sample-package.double.ts';
import { WeightShelf } from '../shelf/weight-shelf.ts';
import { makeSigner } from '../source/signed-package.double.ts';
import { readTrustedKeys } from '../source/trusted-keys.ts';
import { fileRequests, makeStore } from '../store.double.ts';

const sample = samplePackage();
const signer = makeSigner();
const trustedKeys = readTrustedKeys([signer.publicKey]);
const signed = { ...sample.served, [sample.manifestUrl]: json(signer.sign(sample.manifest)) };

test('what came before the app pinned its keys is opened only if one of them signed it', async () => {
  const backend = memoryBackend();
  await makeStore(webDouble(sample.served), { backend }).bring(sample.pkg).brought;
  const network = webDouble(sample.served);
  const pinned = makeStore(network, { backend, trustedKeys });
  await expect(pinned.bring(sample.pkg).brought).rejects.toMatchObject({ code: 'catalog.bad-signature' });
  network.serve(signed);
  const { fetchedBytes } = await pinned.bring(sample.pkg).brought;
  expect(fetchedBytes).toBe(0);
});

test('what a trusted key signed is opened without the network', async () => {
  const backend = memoryBackend();
  await makeStore(webDouble(signed), { backend, trustedKeys }).bring(sample.pkg).brought;
  const { bring } = makeStore(webDouble(null), { backend, trustedKeys });
  expect((await bring(sample.pkg).brought).fetchedBytes).toBe(0);
});

test('what another key signed is not', async () => {
  const backend = memoryBackend();
  await makeStore(webDouble(signed), { backend, trustedKeys }).bring(sample.pkg).brought;
  const others = readTrustedKeys([makeSigner().publicKey]);
  const { bring } = makeStore(webDouble(signed), { backend, trustedKeys: others });
  await expect(bring(sample.pkg).brought).rejects.toMatchObject({ code: 'catalog.bad-signature' });
});

test('to be opened is to be used', async () => {
  const { bring, store } = makeStore(webDouble(sample.served));
  const beforeMs = Date.now();
  await bring(sample.pkg).brought;
  const [first] = await store.list();
  expect(first?.lastUsedMs).toBeGreaterThanOrEqual(beforeMs);
  await new Promise((resolve) => setTimeout(resolve, 2));
  await bring(sample.pkg).brought;
  expect((await store.list())[0]?.lastUsedMs).toBeGreaterThan(first?.lastUsedMs ?? 0);
});

test('a note of it that cannot be written does not keep it from being opened', async () => {
  const memory = memoryBackend();
  const backend = { ...memory, marks: { ...memory.marks, update: () => Promise.reject(new Error('full')) } };
  expect((await makeStore(webDouble(sample.served), { backend }).bring(sample.pkg).brought).files.size).toBe(1);
});

test('a package that another tab removes to make room, while it is being opened, is not given but fetched again', async () => {
  const memory = memoryBackend();
  await makeStore(webDouble(sample.served), { backend: memory }).bring(sample.pkg).brought;
  const other = new WeightShelf(memory, { locks: navigator.locks });
  let isRemoved = false;
  const backend = {
    ...memory,
    chunks: {
      ...memory.chunks,
      getMany: async (keys: readonly string[]) => {
        const found = await memory.chunks.getMany(keys);
        if (!isRemoved) await other.remove('sample');
        isRemoved = true;
        return found;
      },
    },
  };
  const network = webDouble(sample.served);
  const { fetchedBytes } = await makeStore(network, { backend }).bring(sample.pkg).brought;
  expect(fetchedBytes).toBe(1_000);
  expect((await other.list()).map(({ isComplete }) => isComplete)).toEqual([true]);
});

const promises = [
  ['of another engine', { ...sample.pkg, engine: 'onnx' }, 0],
  ['of another size', samplePackage({ content: sampleBytes(1_200) }).pkg, 200],
] as const;
test.each(promises)(
  'what is stored, but %s than the catalog promises now, is not opened but fetched anew',
  async (_, pkg, bytes) => {
    const backend = memoryBackend();
    await makeStore(webDouble(sample.served), { backend }).bring(sample.pkg).brought;
    const offline = makeStore(webDouble(null), { backend });
    await expect(offline.bring(pkg).brought).rejects.toMatchObject({ code: 'catalog.unreachable' });
    expect((await offline.bring(sample.pkg).brought).fetchedBytes).toBe(0);
    const now = samplePackage({ content: sampleBytes(pkg.bytes) });
    const network = webDouble({ ...now.served, [now.manifestUrl]: json({ ...now.manifest, engine: pkg.engine }) });
    const brought = await makeStore(network, { backend }).bring(pkg).brought;
    expect([brought.manifest.engine, brought.fetchedBytes]).toEqual([pkg.engine, bytes]);
  },
);

test('a hub whose files are not what the catalog promises: nothing is fetched, and both figures are told', async () => {
  const network = webDouble({
    'https://hub.test/api/models/org/model/tree/abc': json([
      { type: 'file', path: 'model.gguf', size: 1_000, lfs: { oid: 'a'.repeat(64), size: 1_000 } },
    ]),
  });
  const pkg = {
    ...sample.pkg,
    bytes: 999,
    sources: [{ kind: 'hub', repository: 'org/model', revision: 'abc', path: 'model.gguf' }] as const,
  };
  await expect(makeStore(network).bring(pkg).brought).rejects.toMatchObject({
    code: 'catalog.bad-manifest',
    message: expect.stringMatching(/1000 bytes.* 999 bytes/),
  });
  expect(fileRequests(network)).toHaveLength(1);
});
