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

test.each(['smollm', 'llama-bpe', 'qwen2'])(
  'a GGUF and an ONNX folder of one model have the same digests of tokenizer and template (%s)',
  async (name) => {
    const root = await mkdtemp(join(tmpdir(), 'orilla-digests-'));
    onTestFinished(() => rm(root, { recursive: true }));
    const onnx = join(root, 'onnx');
    await cp(join(fixtures, name), onnx, { recursive: true, filter: (path) => !path.endsWith('.gguf') });
    await writeFile(join(onnx, 'config.json'), JSON.stringify(config));
    await writeFile(join(onnx, 'model.onnx'), 'a graph');
    const mirror = join(root, 'mirror');
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
    const [gguf, folder] = [await manifest('gguf'), await manifest('onnx')];
    expect(gguf.tokenizerDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(folder.tokenizerDigest).toBe(gguf.tokenizerDigest);
    expect(folder.chatTemplateDigest).toBe(gguf.chatTemplateDigest);
    expect([gguf.engine, folder.engine, gguf.license]).toEqual(['llamacpp', 'onnx', 'Apache-2.0']);
    expect((await runCli(['verify', mirror])).code).toBe(0);
  },
);
