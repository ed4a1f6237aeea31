import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifest } from '@orilla/contract';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from './run-cli.ts';

// Written by the libraries that own the formats, not by ours: see the script beside them.
const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'tiny-tokenizer');

const config = {
  model_type: 'llama',
  num_hidden_layers: 1,
  num_attention_heads: 2,
  hidden_size: 32,
  intermediate_size: 64,
  max_position_embeddings: 128,
};

/** An ONNX file: a model whose graph holds nothing. */
const emptyGraph = Buffer.from([0x3a, 0x00]);

async function setUp(name: string) {
  const root = await mkdtemp(join(tmpdir(), 'orilla-digests-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const onnx = join(root, 'onnx');
  await cp(join(fixtures, name), onnx, { recursive: true, filter: (path) => !path.endsWith('.gguf') });
  await writeFile(join(onnx, 'config.json'), JSON.stringify(config));
  await writeFile(join(onnx, 'model.onnx'), emptyGraph);
  const tokenizer = join(onnx, 'tokenizer.json');
  const edit = async (change: (json: { normalizer: unknown; model: object }) => object) =>
    writeFile(tokenizer, JSON.stringify(change(JSON.parse(await readFile(tokenizer, 'utf8')))));
  const mirror = join(root, 'mirror');
  const pack = async () => {
    const packed = await Promise.all([
      runCli(['pack', join(fixtures, name, 'model.gguf'), '--to', mirror, '--id', 'gguf']),
      runCli(['pack', onnx, '--to', mirror, '--id', 'onnx', '--license', 'Apache-2.0']),
    ]);
    expect(packed.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const manifest = async (id: string) =>
      parseManifest(JSON.parse(await readFile(join(mirror, id, 'manifest.json'), 'utf8')));
    return [await manifest('gguf'), await manifest('onnx')] as const;
  };
  return { edit, pack, mirror };
}

test.each(['smollm', 'llama-bpe', 'qwen2'])(
  'a GGUF and an ONNX folder of one model have the same digests of tokenizer and template (%s)',
  async (name) => {
    const { edit, pack, mirror } = await setUp(name);
    // As Llama 3 has it, and as llama.cpp takes it for granted under this name.
    if (name === 'llama-bpe') await edit((json) => ({ ...json, model: { ...json.model, ignore_merges: true } }));
    // llama.cpp composes no characters: without that in the other file they do the same.
    if (name === 'qwen2') await edit((json) => ({ ...json, normalizer: null }));
    const [gguf, folder] = await pack();
    expect(gguf.tokenizerDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(folder.tokenizerDigest).toBe(gguf.tokenizerDigest);
    expect(folder.chatTemplateDigest).toBe(gguf.chatTemplateDigest);
    expect([gguf.engine, folder.engine, gguf.license]).toEqual(['llamacpp', 'onnx', 'Apache-2.0']);
    expect((await runCli(['verify', mirror])).code).toBe(0);
  },
);

test.each(['llama-bpe', 'qwen2'])(
  'a tokenizer.json that does what the GGUF of its name cannot has no digest (%s)',
  async (name) => {
    const { pack } = await setUp(name);
    const [gguf, folder] = await pack();
    expect(gguf.tokenizerDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(folder).not.toHaveProperty('tokenizerDigest');
    expect(folder.chatTemplateDigest).toBe(gguf.chatTemplateDigest);
  },
);
