import { expect, test } from 'vitest';
import { addressOf, withServedFiles } from './served-files.ts';

/** The browser's caches, as far as they are asked: which names were opened. */
function emptyCaches() {
  const opened: string[] = [];
  class Caches {
    async open(name: string): Promise<Cache> {
      opened.push(name);
      throw new Error('the browser was asked');
    }
  }
  return { caches: new Caches(), opened };
}
const { signal } = new AbortController();
const files = new Map([
  ['mlc-chat-config.json', new Blob(['{"a":1}'])],
  ['params_shard_0.bin', new Blob([new Uint8Array([1, 2, 3])])],
]);

test('what WebLLM looks for is there, by the address it asks for, as often as it asks', async () => {
  const { caches, opened } = emptyCaches();
  await withServedFiles(files, { caches, signal }, async () => {
    const config = await caches.open('webllm/config');
    const request = new Request(addressOf('mlc-chat-config.json'));
    for (let round = 0; round < 2; round++) expect(await (await config.match(request))?.json()).toEqual({ a: 1 });
    const model = await caches.open('webllm/model');
    const shard = await model.match(new Request(addressOf('params_shard_0.bin')));
    expect(new Uint8Array((await shard?.arrayBuffer()) ?? [])).toEqual(new Uint8Array([1, 2, 3]));
  });
  expect(opened).toEqual([]);
});

test('all files are known by their addresses', async () => {
  const { caches } = emptyCaches();
  await withServedFiles(files, { caches, signal }, async () => {
    const keys = await (await caches.open('webllm/model')).keys();
    expect(keys.map(({ url }) => url)).toEqual([...files.keys()].map(addressOf));
  });
});

test('a file that is not in the package is an error that names it, and never fetched', async () => {
  const { caches } = emptyCaches();
  await withServedFiles(files, { caches, signal }, async () => {
    const model = await caches.open('webllm/model');
    await expect(model.match(new Request(addressOf('params_shard_1.bin')))).rejects.toMatchObject({
      code: 'engine.load-failed',
      message: expect.stringContaining('params_shard_1.bin is missing'),
    });
    await expect(model.match('https://elsewhere.invalid/x')).rejects.toMatchObject({ code: 'engine.load-failed' });
  });
});

test('caches of other names are the browser’s', async () => {
  const { caches, opened } = emptyCaches();
  await withServedFiles(files, { caches, signal }, async () => {
    await expect(caches.open('pages')).rejects.toThrow('the browser was asked');
  });
  expect(opened).toEqual(['pages']);
});

test('afterwards all is as before, also when the work fails', async () => {
  const { caches, opened } = emptyCaches();
  const work = () => Promise.reject(new Error('failed'));
  await expect(withServedFiles(files, { caches, signal }, work)).rejects.toThrow('failed');
  expect(Object.hasOwn(caches, 'open')).toBe(false);
  await expect(caches.open('webllm/config')).rejects.toThrow('the browser was asked');
  expect(opened).toEqual(['webllm/config']);
});

test('after an abort nothing is given any more', async () => {
  const { caches } = emptyCaches();
  const left = new AbortController();
  await withServedFiles(files, { caches, signal: left.signal }, async () => {
    const config = await caches.open('webllm/config');
    left.abort();
    await expect(config.match(addressOf('mlc-chat-config.json'))).rejects.toMatchObject({ name: 'AbortError' });
  });
});
