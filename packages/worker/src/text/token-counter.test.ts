import { expect, test } from 'vitest';
import { webDouble } from '../weights/network/web.double.ts';
import { sampleBytes, samplePackage } from '../weights/sample-package.double.ts';
import { fileRequests, makeStore } from '../weights/store.double.ts';
import { writeGguf } from './gguf.double.ts';
import { TokenCounter, type TokenCounterOptions } from './token-counter.ts';

const gguf = writeGguf([
  ['tokenizer.ggml.model', 'gpt2'],
  ['tokenizer.ggml.pre', 'gpt-2'],
  ['tokenizer.ggml.tokens', ['a', 'b', 'ab']],
  ['tokenizer.ggml.token_type', [1, 1, 1], 'i32'],
  ['tokenizer.ggml.merges', ['a b']],
  ['tokenizer.chat_template', '{{ messages[0].content }}'],
]);
const content = sampleBytes(5 * 1024 ** 2);
content.set(gguf);
const sample = samplePackage({ content, chunkBytes: 1024 ** 2 });
const signal = new AbortController().signal;
const messages = [{ role: 'user', content: 'abba' }] as const;
/** Ten times as many tokens as there are files. */
const promptCounter: TokenCounterOptions['promptCounter'] = async (_, files) => () => 10 * files.size;
const counterOf = (store: TokenCounterOptions['store']) => new TokenCounter({ store, promptCounter });
const withFiles = samplePackage({ id: 'with-files', engine: 'onnx' });

test('counts by the first chunk alone, which stays', async () => {
  const network = webDouble(sample.served);
  const { store, bring } = makeStore(network);
  expect(await counterOf(store).count(sample.pkg, messages, { signal })).toBe(3);
  expect(fileRequests(network)).toHaveLength(1);
  await bring(sample.pkg).brought;
  expect(fileRequests(network)).toHaveLength(5);
});

test('reads a package once', async () => {
  const network = webDouble(sample.served);
  const { store } = makeStore(network);
  const counter = counterOf(store);
  await counter.count(sample.pkg, messages, { signal });
  network.serve(null);
  await store.remove('sample');
  expect(await counter.count(sample.pkg, messages, { signal })).toBe(3);
});

test('a package that is stored is counted without the network', async () => {
  const network = webDouble(sample.served);
  const { store, bring } = makeStore(network);
  await bring(sample.pkg).brought;
  network.serve(null);
  expect(await counterOf(store).count(sample.pkg, messages, { signal })).toBe(3);
});

test('keeps the texts of two packages, not of all that ever were', async () => {
  const packages = ['one', 'two', 'three'].map((id) => samplePackage({ id, content, chunkBytes: 1024 ** 2 }));
  const network = webDouble(Object.assign({}, ...packages.map(({ served }) => served)));
  const { store } = makeStore(network);
  const counter = counterOf(store);
  for (const { pkg } of packages) await counter.count(pkg, messages, { signal });
  await Promise.all(packages.map(({ pkg }) => store.remove(pkg.id)));
  network.serve(null);
  const counts = await Promise.allSettled(packages.map(({ pkg }) => counter.count(pkg, messages, { signal })));
  expect(counts.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
});

test('a package whose text lies in files of its own is counted by those', async () => {
  const network = webDouble(withFiles.served);
  const { store, bring } = makeStore(network);
  await bring(withFiles.pkg).brought;
  network.serve(null);
  expect(await counterOf(store).count(withFiles.pkg, messages, { signal })).toBe(10);
});

test('such a package is not fetched for that: it has to be here', async () => {
  const network = webDouble(withFiles.served);
  const { store } = makeStore(network);
  await expect(counterOf(store).count(withFiles.pkg, messages, { signal })).rejects.toMatchObject({
    code: 'capability.unsupported',
    advice: 'Load the package first.',
  });
  expect(fileRequests(network)).toEqual([]);
});

test('an abort is thrown as it is', async () => {
  const { store } = makeStore(webDouble(sample.served));
  const aborted = AbortSignal.abort();
  await expect(counterOf(store).count(sample.pkg, messages, { signal: aborted })).rejects.toBe(aborted.reason);
});
