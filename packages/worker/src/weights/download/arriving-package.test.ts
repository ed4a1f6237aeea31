import type { ArrivingFiles, DevicePackage, LoadProgress, ModelManifest } from '@orilla/contract';
import { expect, test } from 'vitest';
import { bytesResponse, json, type Served, webDouble } from '../network/web.double.ts';
import { describe, sampleBytes, sha256Hex } from '../sample-package.double.ts';
import { bytesOf, fileRequests, makeStore } from '../store.double.ts';

const never = new AbortController().signal;
const MiB = 1024 ** 2;

/** Weights, which come first in the manifest, and two small files; with chunks of half a file, or none. */
function threeFiles({ chunked = true, weightBytes = 17 * MiB } = {}) {
  const contents = {
    'model.bin': sampleBytes(weightBytes, 1),
    'config.json': sampleBytes(300, 2),
    'tokenizer.json': sampleBytes(500, 3),
  };
  const mirror = 'https://mirror.test/three/';
  const files = Object.entries(contents).map(([path, bytes]) => {
    const half = Math.ceil(bytes.length / 2);
    const chunks = [bytes.subarray(0, half), bytes.subarray(half)].map((piece, index) => ({
      offset: index * half,
      length: piece.length,
      sha256: sha256Hex(piece),
    }));
    return { path, bytes: bytes.length, sha256: sha256Hex(bytes), ...(chunked && { chunks }) };
  });
  const manifest: ModelManifest = {
    schema: 'orilla.model/1',
    id: 'three',
    engine: 'onnx',
    files,
    contextLength: 64,
    memory: { weights: 1, kvPerToken: 1, scratch: 1 },
    license: 'Apache-2.0',
  };
  const urlOf = (path: string) => `${mirror}files/${path}`;
  const served: Record<string, Served> = { [`${mirror}manifest.json`]: json(manifest) };
  for (const [path, bytes] of Object.entries(contents)) served[urlOf(path)] = bytes;
  return { contents, manifest, served, urlOf, pkg: describe(manifest, [{ kind: 'mirror', url: mirror }]) };
}

type Three = ReturnType<typeof threeFiles>;

/** Answers for the weights once it is let. */
function held({ contents, served, urlOf }: Three) {
  const gate = Promise.withResolvers<void>();
  const weights: Served = async (asked) => {
    await Promise.race([
      gate.promise,
      new Promise((_, reject) => asked.signal.addEventListener('abort', () => reject(asked.signal.reason))),
    ]);
    return bytesResponse(contents['model.bin'], asked);
  };
  return { network: webDouble({ ...served, [urlOf('model.bin')]: weights }), release: gate.resolve };
}

function bring({ store }: ReturnType<typeof makeStore>, pkg: DevicePackage, signal = never) {
  const told: ModelManifest[] = [];
  const arriving = Promise.withResolvers<ArrivingFiles>();
  const progress: LoadProgress[] = [];
  const brought = store.bring(pkg, {
    signal,
    onProgress: (step) => progress.push(step),
    onArriving: (manifest, files) => {
      told.push(manifest);
      arriving.resolve(files);
    },
  });
  brought.catch(() => undefined); // who is interested waits for it
  return { brought, told, arriving: arriving.promise };
}

for (const chunked of [true, false]) {
  test(`small files come first, and each can be had while the weights are on their way (${chunked ? 'with' : 'without'} chunks)`, async () => {
    const three = threeFiles({ chunked });
    const { network, release } = held(three);
    const { brought, told, arriving } = bring(makeStore(network), three.pkg);
    const files = await arriving;
    expect(told.map(({ id }) => id)).toEqual(['three']);
    expect(await bytesOf(await files.file('config.json'))).toEqual(three.contents['config.json']);
    expect(await bytesOf(await files.file('tokenizer.json'))).toEqual(three.contents['tokenizer.json']);
    const order = fileRequests(network).map(({ url }) => url);
    expect(order.indexOf(three.urlOf('model.bin'))).toBeGreaterThan(order.lastIndexOf(three.urlOf('tokenizer.json')));
    const weights = files.file('model.bin');
    expect(await Promise.race([weights, new Promise((resolve) => setTimeout(resolve, 20, 'waits'))])).toBe('waits');
    release();
    expect((await weights).size).toBe(17 * MiB);
    expect((await brought).files.size).toBe(3);
  });
}

test('the order of what is small, and of what is not, stays that of the package', async () => {
  const three = threeFiles({ weightBytes: 1_000 });
  const network = webDouble(three.served);
  await bring(makeStore(network), three.pkg).brought;
  const order = new Set(fileRequests(network).map(({ url }) => url));
  expect([...order]).toEqual(['model.bin', 'config.json', 'tokenizer.json'].map(three.urlOf));
});

test('nobody is told of a package that is whole in the store', async () => {
  const three = threeFiles({ weightBytes: 1_000 });
  const made = makeStore(webDouble(three.served));
  await bring(made, three.pkg).brought;
  const { brought, told } = bring(made, three.pkg);
  await brought;
  expect(told).toEqual([]);
});

test('nor of one of which all is there but the note that it is whole', async () => {
  const three = threeFiles({ weightBytes: 1_000 });
  const made = makeStore(webDouble(three.served));
  await bring(made, three.pkg).brought;
  await made.backend.packages.delete(['three']);
  const { brought, told } = bring(made, three.pkg);
  expect((await brought).fetchedBytes).toBe(0);
  expect(told).toEqual([]);
});

test('what an earlier load has stored is had at once, and not fetched again', async () => {
  const three = threeFiles();
  const made = makeStore(held(three).network);
  const controller = new AbortController();
  const first = bring(made, three.pkg, controller.signal);
  await (await first.arriving).file('tokenizer.json');
  controller.abort();
  await expect(first.brought).rejects.toMatchObject({ name: 'AbortError' });
  const network = webDouble({ ...three.served });
  const second = bring(makeStore(network, { backend: made.backend }), three.pkg);
  expect(await bytesOf(await (await second.arriving).file('tokenizer.json'))).toEqual(three.contents['tokenizer.json']);
  await second.brought;
  expect(fileRequests(network).map(({ url }) => url)).not.toContain(three.urlOf('tokenizer.json'));
});

test('who joins a download that is under way is told of it too, and can have what came before', async () => {
  const three = threeFiles();
  const { network, release } = held(three);
  const made = makeStore(network);
  const background = made.store.download(three.pkg, {
    priority: 'background',
    signal: never,
    onProgress: () => undefined,
  });
  while (!(await made.backend.chunks.keys()).length) await new Promise((resolve) => setTimeout(resolve, 1));
  const { brought, arriving } = bring(made, three.pkg);
  expect(await bytesOf(await (await arriving).file('config.json'))).toEqual(three.contents['config.json']);
  release();
  await Promise.all([background, brought]);
});

test('when the download ends without a file, who waits for it is told; so is who asks for one that the package does not have', async () => {
  const three = threeFiles();
  const made = makeStore(held(three).network);
  const controller = new AbortController();
  const { brought, arriving } = bring(made, three.pkg, controller.signal);
  const files = await arriving;
  await expect(files.file('other.json')).rejects.toThrow('no file other.json');
  const weights = expect(files.file('model.bin')).rejects.toThrow('ended without the file model.bin');
  controller.abort();
  await weights;
  await expect(brought).rejects.toMatchObject({ name: 'AbortError' });
  await expect(files.file('config.json')).rejects.toThrow('ended without');
});

test('after the end every file is there', async () => {
  const three = threeFiles({ weightBytes: 1_000 });
  const { brought, arriving } = bring(makeStore(webDouble(three.served)), three.pkg);
  await brought;
  expect(await bytesOf(await (await arriving).file('model.bin'))).toEqual(three.contents['model.bin']);
  await expect((await arriving).file('other.json')).rejects.toThrow('ended without');
});
