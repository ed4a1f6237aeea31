import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import { json, webDouble } from '../network/web.double.ts';
import { samplePackage } from '../sample-package.double.ts';
import { makeSigner } from '../source/signed-package.double.ts';
import { readTrustedKeys } from '../source/trusted-keys.ts';
import { makeStore } from '../store.double.ts';

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
