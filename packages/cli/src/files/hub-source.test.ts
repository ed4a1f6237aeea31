import { createHash } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { collect } from './collect.double.ts';
import { asPublicHub, type HubDoubleOptions, startHub } from './hub.double.ts';
import { parseHubAddress } from './hub-address.ts';
import { type HubOptions, openHubSource } from './hub-source.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const weights = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 13) % 256);
const files = {
  'README.md': 'a model',
  'a.gguf': weights,
  'onnx/model.onnx': weights.subarray(0, 5_000),
  'onnx/config.json': '{}',
  'split/m-00001-of-00002.gguf': weights.subarray(0, 2_000),
  'split/m-00002-of-00002.gguf': weights.subarray(0, 3_000),
};

async function setUp(repository: Partial<HubDoubleOptions['repositories'][string]> = {}) {
  const hub = await startHub({ repositories: { 'us/model': { files, license: 'apache-2.0', ...repository } } });
  onTestFinished(() => hub[Symbol.asyncDispose]());
  const open = (address: string, options: HubOptions = {}) =>
    openHubSource(parseHubAddress(address), { hubUrl: hub.url, retryDelayMs: 1, ...options });
  return { hub, open };
}

test('all pages of a repository are listed, with the SHA-256 of what is in Git LFS, at the commit of now', async () => {
  const { open } = await setUp();
  const source = await open('hf:us/model');
  expect(source).toMatchObject({
    name: 'hf:us/model@main',
    modelName: 'model',
    license: 'apache-2.0',
  });
  expect(source.files.map(({ path }) => path)).toEqual(Object.keys(files));
  expect(source.files[1]).toEqual({ path: 'a.gguf', bytes: 300_000, sha256: sha256(weights) });
  expect(source.files[0]).toEqual({ path: 'README.md', bytes: 7 });
});

test('a source for every browser is what the public hub gives everybody, and nothing else', async () => {
  const onPublicHub = async (repository: Parameters<typeof setUp>[0], token?: string) => {
    const { hub } = await setUp(repository);
    const options = { fetch: asPublicHub(hub), ...(token && { token }) };
    return (await openHubSource(parseHubAddress('hf:us/model@main/onnx'), options)).hub;
  };
  expect(await onPublicHub({})).toMatchObject({ repository: 'us/model', folder: 'onnx' });
  // A token that was not needed changes nothing.
  expect(await onPublicHub({}, 'sesame')).toMatchObject({ repository: 'us/model' });
  expect(await onPublicHub({ token: 'sesame' }, 'sesame')).toBeUndefined();
  expect(await onPublicHub({ isPrivate: true }, 'sesame')).toBeUndefined();
  const { open } = await setUp();
  expect(await open('hf:us/model')).not.toHaveProperty('hub');
});

test('a file that the hub keeps in Git is held to the hash that Git has of it', async () => {
  const { hub, open } = await setUp();
  const source = await open('hf:us/model');
  expect((await collect(source.read('onnx/config.json'))).toString()).toBe('{}');
  hub.damaged.set('onnx/config.json', Buffer.from('[]'));
  await expect(collect(source.read('onnx/config.json'))).rejects.toThrow(
    'hf:us/model@main, onnx/config.json, is not the file that the hub keeps in Git under that name',
  );
});

test('a part from another place than the one that was asked for is no part of the file', async () => {
  const { hub, open } = await setUp();
  const source = await open('hf:us/model');
  hub.fault = ({ range }) => (/^bytes=[1-9]/.test(range ?? '') ? { shiftBy: 10 } : undefined);
  await expect(collect(source.read('a.gguf', { start: 1_000 }))).rejects.toThrow(
    'sent another part of a.gguf than the one from byte 1000 on',
  );
});

test.each(['../../../escaped.onnx', 'onnx/../../escaped.onnx', '/escaped.onnx', 'a//b'])(
  'a hub that lists %j is not believed, whatever was asked for',
  async (path) => {
    const { open } = await setUp({ files: { ...files, [path]: weights } });
    for (const address of ['hf:us/model', 'hf:us/model@main/onnx', 'hf:us/model/a.gguf'])
      await expect(open(address)).rejects.toThrow(`lists the path ${JSON.stringify(path)}, which no folder can have`);
  },
);

test('a folder is a source of its own, and so is a file, or all parts of a split one', async () => {
  const { open } = await setUp();
  const names = async (address: string) => (await open(address)).files.map(({ path }) => path);
  expect(await names('hf:us/model@main/onnx')).toEqual(['model.onnx', 'config.json']);
  expect(await names('hf:us/model@main/onnx/')).toEqual(['model.onnx', 'config.json']);
  expect(await names('hf:us/model/a.gguf')).toEqual(['a.gguf']);
  expect(await names('hf:us/model/split/m-00001-of-00002.gguf')).toEqual([
    'm-00001-of-00002.gguf',
    'm-00002-of-00002.gguf',
  ]);
  expect((await open('hf:us/model/a.gguf')).modelName).toBe('a.gguf');
  expect(await collect((await open('hf:us/model/onnx')).read('config.json'))).toEqual(Buffer.from('{}'));
});

test('files are streamed, those of the store behind the hub and small ones, from any place on', async () => {
  const { hub, open } = await setUp();
  const source = await open('hf:us/model');
  expect(sha256(await collect(source.read('a.gguf')))).toBe(sha256(weights));
  expect(sha256(await collect(source.read('a.gguf', { start: 299_990 })))).toBe(sha256(weights.subarray(299_990)));
  expect(await collect(source.read('a.gguf', { start: 300_000 }))).toHaveLength(0);
  expect((await collect(source.read('README.md'))).toString()).toBe('a model');
  expect(hub.requests.some(({ path }) => path.includes('/store/'))).toBe(true);
  expect(hub.requests.filter(({ path }) => path.includes('/resolve/main/'))).toEqual([]);
});

test('a connection that drops is taken up where it was', async () => {
  const { hub, open } = await setUp();
  const source = await open('hf:us/model');
  let cuts = 0;
  hub.fault = ({ range }) => (range !== 'bytes=0-0' && ++cuts <= 7 ? { cutAfter: 40_000 } : undefined);
  expect(sha256(await collect(source.read('a.gguf')))).toBe(sha256(weights));
  const starts = hub.requests.flatMap(({ range }) => (/^bytes=([1-9]\d*)-$/.test(range ?? '') ? [range] : []));
  expect(starts.length).toBeGreaterThanOrEqual(7);
});

test('a hub that is busy is asked again, one that stays so is told of', async () => {
  const { hub, open } = await setUp();
  const source = await open('hf:us/model');
  let answers = 0;
  hub.fault = () => (++answers <= 3 ? { status: 503 } : undefined);
  expect(sha256(await collect(source.read('a.gguf')))).toBe(sha256(weights));
  hub.fault = () => ({ status: 503 });
  await expect(collect(source.read('a.gguf'))).rejects.toThrow('The hub answered 503 for hf:us/model@');
});

test('a token goes to the hub and never to the store behind it', async () => {
  const { hub, open } = await setUp({ token: 'sesame' });
  await expect(open('hf:us/model')).rejects.toThrow('does not let us read hf:us/model@main (401). Set HF_TOKEN');
  const source = await open('hf:us/model', { token: 'sesame' });
  expect(sha256(await collect(source.read('a.gguf')))).toBe(sha256(weights));
  const atStore = hub.requests.filter(({ path }) => path.includes('/store/'));
  expect(atStore.length).toBeGreaterThan(0);
  expect(atStore.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
});

test('what a hub does not have, and one that is not there, are told without a signed address', async () => {
  const { hub, open } = await setUp();
  await expect(open('hf:us/other')).rejects.toThrow(
    'The hub has no hf:us/other@main. Check the name and the revision.',
  );
  await expect(open('hf:us/model@gone')).rejects.toThrow('The hub has no hf:us/model@gone');
  await expect(open('hf:us/model@main/nowhere')).rejects.toThrow('neither a file nor a folder');
  const source = await open('hf:us/model');
  await expect(collect(source.read('gone.gguf'))).rejects.toThrow('The hub has no hf:us/model@');
  await hub[Symbol.asyncDispose]();
  await expect(open('hf:us/model')).rejects.toThrow(
    /can't be reached for hf:us\/model@main \((ECONNREFUSED|UND_ERR_SOCKET)\)/,
  );
  await expect(collect(source.read('a.gguf'))).rejects.toThrow("can't be reached");
});

test('a license may be one word, a list, or not told', async () => {
  expect((await (await setUp({ license: ['mit', 'other'] })).open('hf:us/model')).license).toBe('mit');
  const hub = await startHub({ repositories: { 'us/bare': { files } } });
  onTestFinished(() => hub[Symbol.asyncDispose]());
  const bare = await openHubSource(parseHubAddress('hf:us/bare'), { hubUrl: `${hub.url}/` });
  expect(bare).not.toHaveProperty('license');
});

test('an abort is an abort, before and in the middle', async () => {
  const { open } = await setUp();
  await expect(open('hf:us/model', { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  const source = await open('hf:us/model');
  const stop = new AbortController();
  const reading = (async () => {
    for await (const _ of source.read('a.gguf', { signal: stop.signal })) stop.abort();
  })();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
});

test('addresses are taken apart', () => {
  const parsed = parseHubAddress('hf:owner/na.me-1@refs%2Fpr%2F1/deep/model.gguf');
  expect(parsed).toEqual({ repository: 'owner/na.me-1', revision: 'refs/pr/1', path: 'deep/model.gguf' });
  expect(parseHubAddress('hf:owner/name')).toEqual({ repository: 'owner/name', revision: 'main', path: '' });
  for (const bad of ['hf:', 'hf:owner', 'hf:owner/', 'owner/name', 'hf:a/b@', 'hf:a/b/../c', 'hf:a b/c'])
    expect(() => parseHubAddress(bad), bad).toThrow('is no place on a hub');
  expect(() => parseHubAddress('hf:a/b@%zz')).toThrow('hf:a/b@%zz has a % that stands for no character. Write %25');
});
