import { expect, test } from 'vitest';
import { type Served, webDouble } from '../network/web.double.ts';
import { samplePackage } from '../sample-package.double.ts';
import { makeStore, makeTabs, until } from '../store.double.ts';

const sample = samplePackage();
const background = {
  priority: 'background',
  signal: new AbortController().signal,
  onProgress: () => undefined,
} as const;
/** Nothing but an end from here ends it. */
const patient = { stallMs: 3_600_000 };
const silent: Served = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test('a removal in the same millisecond as the download ends it', async () => {
  const network = webDouble({ ...sample.served, [sample.fileUrl]: silent }, patient);
  const { store } = makeStore(network, { network: { ...network, epochMs: () => 1_000 } });
  const download = expect(store.download(sample.pkg, background)).rejects.toMatchObject({
    code: 'storage.unavailable',
    message: expect.stringContaining('was removed'),
  });
  await until(() => network.requests.length > 1);
  await store.remove('sample');
  await download;
  expect(await store.list()).toEqual([]);
});

test('so does one by a clock that went back meanwhile', async () => {
  const network = webDouble({ ...sample.served, [sample.fileUrl]: silent }, patient);
  let nowMs = 1_000;
  const { store } = makeStore(network, { network: { ...network, epochMs: () => nowMs } });
  const download = expect(store.download(sample.pkg, background)).rejects.toThrow('was removed');
  await until(() => network.requests.length > 1);
  nowMs = 500;
  await store.remove('sample');
  await download;
});

test('what is wanted again after a removal that is still under way is not ended by it', async () => {
  const network = webDouble({ ...sample.served, [sample.fileUrl]: silent }, patient);
  const { store } = makeStore(network);
  const first = expect(store.download(sample.pkg, background)).rejects.toThrow('was removed');
  await until(() => network.requests.length > 1);
  const removed = store.remove('sample');
  network.serve(sample.served);
  expect(await store.download(sample.pkg, background)).toMatchObject({ state: 'complete' });
  await removed;
  await first;
});

test('a download in another tab, begun in the same millisecond, is ended too', async () => {
  const network = webDouble({ ...sample.served, [sample.fileUrl]: silent }, patient);
  const [one, two] = makeTabs(2, network, { epochMs: () => 1_000 });
  const download = expect(one?.store.download(sample.pkg, background)).rejects.toThrow('was removed');
  await until(() => network.requests.length > 1);
  await two?.store.remove('sample');
  await download;
});

test('one that was begun there after the removal, though in the same millisecond, is not', async () => {
  const network = webDouble(sample.served);
  const [one, two] = makeTabs(2, network, { epochMs: () => 1_000 });
  await two?.store.remove('sample');
  expect(await one?.store.download(sample.pkg, background)).toMatchObject({ state: 'complete' });
});
