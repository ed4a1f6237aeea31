import { expect, test } from 'vitest';
import { writeGguf } from '../../text/gguf.double.ts';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import { webDouble } from '../network/web.double.ts';
import { sampleBytes, samplePackage, sha256Hex } from '../sample-package.double.ts';
import { bytesOf, endingAfter, fileRequests, makeStore } from '../store.double.ts';

// A model file as they are: a header with vocabulary and chat template, of any length, and then tensors. The packer begins anew at the first
// tensor, so that another template moves the bytes of the tensors but not what is in a chunk.

const chunkBytes = 8 * 1024;
const tensors = sampleBytes(40 * chunkBytes + 777, 7);
const vocabulary = Array.from({ length: 300 }, (_, index) => `token-${index}`);

function model(id: string, template: string) {
  const header = writeGguf([
    ['tokenizer.ggml.model', 'gpt2'],
    ['tokenizer.ggml.tokens', vocabulary],
    ['tokenizer.chat_template', template],
  ]);
  const content = new Uint8Array(header.length + tensors.length);
  content.set(header);
  content.set(tensors, header.length);
  return samplePackage({ id, content, chunkBytes, firstChunkBytes: header.length });
}

const template = "{% for message in messages %}{{ '<|' + message.role + '|>' + message.content }}{% endfor %}";
const first = model('first', template);
const edited = model('edited', `{{ 'You are helpful.' }}${template}`);
const chunksOf = ({ manifest }: typeof first) => manifest.files[0]?.chunks ?? [];

test('of a model whose chat template was edited at least nine tenths of the chunks are not fetched again', async () => {
  const network = webDouble({ ...first.served, ...edited.served });
  const { bring } = makeStore(network);
  await bring(first.pkg).brought;
  const before = fileRequests(network).length;
  expect(before).toBe(42);
  const { files, fetchedBytes } = await bring(edited.pkg).brought;
  expect(fileRequests(network).length - before).toBe(1);
  expect(fetchedBytes).toBe(chunksOf(edited)[0]?.length);
  expect(1 - 1 / chunksOf(edited).length).toBeGreaterThanOrEqual(0.9);
  expect(sha256Hex(await bytesOf(files.get('model.gguf')))).toBe(edited.manifest.files[0]?.sha256);
});

test('so is a model of which only a part had come before its template was edited', async () => {
  const backend = memoryBackend();
  const early = endingAfter(21 * chunkBytes, { backend, content: first.content, storedChunks: 21 });
  const network = webDouble({ ...first.served, ...edited.served, [first.fileUrl]: early });
  const { bring } = makeStore(network, { backend });
  await bring(first.pkg).brought.catch(() => undefined);
  const stored = new Set(await backend.chunks.keys());
  const missing = chunksOf(edited).filter(({ sha256 }) => !stored.has(sha256));
  const { fetchedBytes } = await bring(edited.pkg).brought;
  expect(fetchedBytes).toBe(missing.reduce((sum, { length }) => sum + length, 0));
  expect(stored.size).toBeGreaterThanOrEqual(20);
});
