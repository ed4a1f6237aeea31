import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startHub } from '../files/hub.double.ts';
import { tinyMlc } from '../model/mlc/tiny-mlc.double.ts';
import { findModelRecord } from './model-record.ts';
import { openWebllmModel } from './open-webllm-model.ts';
import { readCatalogue } from './read-catalogue.ts';

const entry = {
  model: 'https://huggingface.co/mlc-ai/Tiny-q4f16_1-MLC',
  model_id: 'Tiny-q4f16_1-MLC',
  model_lib: 'https://libraries.example/v0_2_86/Tiny-q4f16_1_cs1k-webgpu.wasm',
  vram_required_MB: 1128.82,
  low_resource_required: true,
  required_features: ['shader-f16'],
  overrides: { context_window_size: 256 },
};
const catalogue = (change: object = {}) => ({
  model_list: [
    { ...entry, model_id: 'Other' },
    { ...entry, ...change },
  ],
});

test('an entry says where the files are and what they need', () => {
  expect(findModelRecord(catalogue(), 'Tiny-q4f16_1-MLC')).toEqual({
    modelId: 'Tiny-q4f16_1-MLC',
    modelUrl: new URL(entry.model),
    libraryUrl: new URL(entry.model_lib),
    libraryIntegrity: undefined,
    memoryBytes: Math.ceil(1128.82 * 1_048_576),
    contextLength: 256,
    requires: { features: ['shader-f16'] },
    isEmbedding: false,
  });
  const bare = { vram_required_MB: undefined, required_features: undefined, overrides: undefined };
  expect(findModelRecord(catalogue(bare), 'Tiny-q4f16_1-MLC')).toMatchObject({
    memoryBytes: undefined,
    contextLength: undefined,
    requires: undefined,
  });
});

test('what the catalogue does not have is told with what it has like it', () => {
  expect(() => findModelRecord(catalogue(), 'tiny-q8-MLC')).toThrow('It has, among others: Tiny-q4f16_1-MLC.');
  expect(() => findModelRecord(catalogue(), 'Big')).toThrow("WebLLM's catalogue has no model Big. It has 2 others.");
  expect(() => findModelRecord(catalogue({ model_lib: 'nowhere' }), 'Tiny-q4f16_1-MLC')).toThrow('lacks an address');
  expect(() => findModelRecord(undefined, 'Tiny')).toThrow('It has 0 others');
});

test("every entry of the installed WebLLM's own catalogue is understood", async () => {
  const installed = await readCatalogue();
  const list = (installed as { model_list: readonly { model_id: string }[] }).model_list; // as the library's types say
  expect(list.length).toBeGreaterThan(100);
  for (const { model_id } of list) expect(findModelRecord(installed, model_id).memoryBytes).toBeGreaterThan(0);
});

test('where WebLLM is not installed, it is said how to bring it', async () => {
  const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
  const told = readCatalogue({ importModule: () => Promise.reject(missing) });
  await expect(told).rejects.toThrow('npx -p @orilla/cli -p @mlc-ai/web-llm orilla pack');
  const broken = new SyntaxError('broken');
  await expect(readCatalogue({ importModule: () => Promise.reject(broken) })).rejects.toBe(broken);
  await expect(readCatalogue({ importModule: async () => ({}) })).rejects.toThrow('has no prebuiltAppConfig');
});

test('a catalogue may be a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'orilla-webllm-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'config.json');
  await writeFile(file, JSON.stringify(catalogue()));
  expect(await readCatalogue({ file })).toEqual(catalogue());
  await writeFile(file, 'export const config');
  await expect(readCatalogue({ file })).rejects.toThrow('not valid JSON');
  await expect(readCatalogue({ file: join(folder, 'gone.json') })).rejects.toThrow('There is no file');
});

test('a model for embeddings, of which WebLLM’s own catalogue has some, is refused before anything is fetched', async () => {
  const { hub, record } = await setUp({ model_type: 1 });
  await expect(openWebllmModel(record)).rejects.toThrow('Tiny-q4f16_1-MLC gives embeddings');
  expect(hub.requests).toEqual([]);
  const installed = await readCatalogue();
  expect(findModelRecord(installed, 'snowflake-arctic-embed-s-q0f32-MLC-b4')).toMatchObject({ isEmbedding: true });
});

const library = Buffer.from('\0asm a library');

async function setUp(change: object = {}, served: Uint8Array | string = library) {
  const hub = await startHub({
    repositories: {
      'mlc-ai/Tiny-q4f16_1-MLC': { files: tinyMlc(), license: 'apache-2.0' },
      'libraries/libs': { files: { 'tiny-webgpu.wasm': served } },
    },
  });
  onTestFinished(() => hub[Symbol.asyncDispose]());
  const model_lib = `${hub.url}/libraries/libs/resolve/main/tiny-webgpu.wasm`;
  const record = findModelRecord(
    catalogue({ model: `${hub.url}/mlc-ai/Tiny-q4f16_1-MLC`, model_lib, ...change }),
    'Tiny-q4f16_1-MLC',
  );
  return { hub, record };
}

test('the repository and the library become one source, and the catalogue completes what the files say', async () => {
  const { record } = await setUp();
  const { source, model } = await openWebllmModel(record);
  expect(source).toMatchObject({ modelName: 'Tiny-q4f16_1-MLC', license: 'apache-2.0' });
  expect(model.files.map(({ path }) => path)).toContain('tiny-webgpu.wasm');
  const { memory, maxContextLength } = model;
  expect(maxContextLength).toBe(256);
  expect(memory.weights).toBe(11);
  expect(memory.weights + memory.kvPerToken * 256 + memory.scratch).toBe(Math.ceil(1128.82 * 1_048_576));
  expect(model.requires).toEqual({ features: ['shader-f16'] });
});

test('the context that the catalogue tells counts also where the folder tells none', async () => {
  const { hub, record } = await setUp();
  const config = JSON.parse(tinyMlc()['mlc-chat-config.json'] ?? '');
  const silent = JSON.stringify({ ...config, context_window_size: undefined });
  const other = await startHub({
    repositories: { 'mlc-ai/Tiny-q4f16_1-MLC': { files: tinyMlc({ 'mlc-chat-config.json': silent }) } },
  });
  onTestFinished(() => other[Symbol.asyncDispose]());
  expect(record.libraryUrl.origin).toBe(hub.url);
  const { model } = await openWebllmModel(record, { hubUrl: other.url });
  expect(model.maxContextLength).toBe(256);
});

test.each(['<!doctype html><title>Sign in</title>', '', '\0as'])('a library that is %j is none', async (page) => {
  const { record } = await setUp({}, page);
  await expect(openWebllmModel(record)).rejects.toThrow('tiny-webgpu.wasm is no WebAssembly');
});

test('a library is held to the hash that the catalogue has of it', async () => {
  const hashOf = (bytes: Uint8Array, kind = 'sha256') => `${kind}-${createHash(kind).update(bytes).digest('base64')}`;
  for (const kind of ['sha256', 'sha384', 'sha512']) {
    const { record } = await setUp({ integrity: { model_lib: hashOf(library, kind) } });
    expect((await openWebllmModel(record)).model.files.map(({ path }) => path)).toContain('tiny-webgpu.wasm');
    const other = await setUp({ integrity: { model_lib: hashOf(Buffer.from('other'), kind) } });
    await expect(openWebllmModel(other.record)).rejects.toThrow('is not the file whose hash was told');
  }
  const { record } = await setUp({ integrity: { model_lib: 'md5-AAAA' } });
  await expect(openWebllmModel(record)).rejects.toThrow('"md5-AAAA" is no hash');
});

test('a library that is called otherwise than libraries are would be left out: it is refused', async () => {
  const { hub, record } = await setUp();
  const odd = { ...record, libraryUrl: new URL(`${hub.url}/mlc-ai/Tiny-q4f16_1-MLC/resolve/main/README.md`) };
  await expect(openWebllmModel(odd)).rejects.toThrow('README.md is no model library: its name ends in .wasm');
});

test('what the catalogue does not say is taken from the files', async () => {
  const { record } = await setUp({ vram_required_MB: undefined, overrides: {}, required_features: undefined });
  const { model } = await openWebllmModel(record);
  expect(model.maxContextLength).toBe(512);
  expect(model.memory.scratch).toBe(16 * 1024 * 1024);
  expect(model.requires).toEqual({ features: ['shader-f16'] });
});

test('a host that only the catalogue names does not get the token', async () => {
  const { hub, record } = await setUp();
  await openWebllmModel(record, { token: 'sesame' });
  expect(hub.requests.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
  await openWebllmModel(record, { token: 'sesame', hubUrl: hub.url });
  expect(hub.requests.some(({ authorization }) => authorization === 'Bearer sesame')).toBe(true);
});

test('another hub may stand in for the one of the catalogue, and an address may name a revision', async () => {
  const { hub, record } = await setUp();
  const modelUrl = new URL('https://huggingface.co/mlc-ai/Tiny-q4f16_1-MLC/resolve/main/');
  const { source } = await openWebllmModel({ ...record, modelUrl }, { hubUrl: hub.url });
  expect(source.name).toBe('hf:mlc-ai/Tiny-q4f16_1-MLC@main');
  const odd = { ...record, modelUrl: new URL('https://files.example/model.tar') };
  await expect(openWebllmModel(odd)).rejects.toThrow('is no address of a repository on a hub');
});
