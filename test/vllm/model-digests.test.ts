import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseManifest } from '@orilla/contract';
import { expect, onTestFinished, test } from 'vitest';
import { ensureStarterModel } from '../../tools/model/starter-model.ts';
import { ensureModelFolder } from '../../tools/vllm/model-folder.ts';
import { vllmPlaces } from '../../tools/vllm/vllm-places.ts';
import { runCli } from '../integration/cli/run-cli.ts';

// The model that a device opens as GGUF, and the folder of the same model that vLLM serves, which Hugging Face's libraries wrote.

/** An ONNX model of version 8 with nothing in it: only what stands beside it is compared. */
const emptyGraph = Uint8Array.of(0x08, 0x08, 0x3a, 0x00);

test('the starter model has the same digests on the device and behind vLLM', async () => {
  const root = await mkdtemp(join(tmpdir(), 'orilla-model-digests-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const { models, python } = vllmPlaces();
  const { path } = await ensureStarterModel();
  const served = await ensureModelFolder(path, models, python);
  const folder = join(root, 'folder');
  await cp(served, folder, { recursive: true, filter: (name) => !name.endsWith('.safetensors') });
  await writeFile(join(folder, 'model.onnx'), emptyGraph);
  const mirror = join(root, 'mirror');
  const manifestOf = async (id: string, source: string) => {
    const { code, stderr } = await runCli(['pack', source, '--to', mirror, '--id', id, '--license', 'Apache-2.0']);
    expect([code, stderr]).toEqual([0, '']);
    return parseManifest(JSON.parse(await readFile(join(mirror, id, 'manifest.json'), 'utf8')));
  };
  const device = await manifestOf('device', path);
  const behindVllm = await manifestOf('vllm', folder);
  expect(device.tokenizerDigest).toMatch(/^[0-9a-f]{64}$/);
  expect(behindVllm.tokenizerDigest).toBe(device.tokenizerDigest);
  expect(behindVllm.chatTemplateDigest).toBe(device.chatTemplateDigest);
  expect(behindVllm.contextLength).toBe(device.contextLength);
});
