import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packGguf } from '@orilla/cli';
import type { DevicePackage, ModelManifest } from '@orilla/contract';
import { expect, test } from '@playwright/test';
import { ensureStarterModel } from '../../../tools/model/starter-model.ts';
import { startMirrorServer } from '../../fixtures/worker-page/mirror-server.ts';
import { openWorkerPage } from '../../fixtures/worker-page/open-page.ts';
import { findText, replaceTexts } from '../../fixtures/worker-page/rename-pre-tokenizer.ts';
import { servePage } from '../../fixtures/worker-page/serve-page.ts';

// A model whose chat template was edited is the same weights behind another header: who has the one fetches little of the other.

const id = 'starter';

/** The template gets longer, by a multiple of what tensors are aligned to: behind it everything moves, and nothing else changes. */
function withLongerTemplate(gguf: Uint8Array): Uint8Array {
  const template = findText(gguf, 'tokenizer.chat_template');
  return replaceTexts(gguf, [{ ...template, to: `${template.value}{#${' edited'.repeat(8)}....#}` }]);
}

const describe = ({ engine, files, contextLength, memory, license }: ModelManifest, mirror: string): DevicePackage => ({
  id,
  engine,
  bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  contextLength,
  memory,
  license,
  sources: [{ kind: 'mirror', url: `${mirror}${id}/` }],
});

async function packAndServe(path: string, folder: string) {
  const manifest = await packGguf({ path, id, license: 'Apache-2.0', folder });
  const paths = ['manifest.json', ...manifest.files.map((file) => `files/${file.path}`)];
  const mirror = await startMirrorServer({
    files: Object.fromEntries(paths.map((name) => [`${id}/${name}`, join(folder, id, name)])),
  });
  return { mirror, chunks: manifest.files.flatMap(({ chunks = [] }) => chunks), pkg: describe(manifest, mirror.url) };
}

test('the starter with an edited chat template: nine tenths of its chunks and more are not fetched again', async ({
  context,
}) => {
  test.setTimeout(120_000);
  await using server = await servePage({ isolated: false });
  const folder = await mkdtemp(join(tmpdir(), 'orilla-template-'));
  try {
    const starter = await ensureStarterModel();
    const edited = join(folder, 'edited.gguf');
    const gguf = withLongerTemplate(await readFile(starter.path));
    await writeFile(edited, gguf);
    expect(gguf.length - starter.bytes).toBe(64);
    const before = await packAndServe(starter.path, join(folder, 'before'));
    await using _ = before.mirror;
    const after = await packAndServe(edited, join(folder, 'after'));
    await using __ = after.mirror;

    const page = await openWorkerPage(context, server.url);
    const download = (pkg: DevicePackage) => page.evaluate((pkg) => window.harness.download(pkg), pkg);
    expect((await download(before.pkg)).error).toBeNull();
    expect(before.mirror.sentFileBytes).toBe(starter.bytes);
    expect((await download(after.pkg)).result).toMatchObject({ id, state: 'complete', bytes: gguf.length });
    const fetched = after.mirror.requests.filter(({ path }) => path.includes('/files/')).length;
    expect(fetched).toBeGreaterThan(0);
    expect(fetched / after.chunks.length).toBeLessThanOrEqual(0.1);
    expect(after.mirror.sentFileBytes).toBeLessThanOrEqual(gguf.length / 10);
    expect(await page.evaluate((id) => window.harness.readPackage(id), id)).toBe(gguf.length);
    // What only the earlier version had is gone.
    const stored = await page.evaluate(() => window.harness.verifyPackage('starter'));
    expect(stored.result).toEqual({ checkedBytes: gguf.length, damagedChunks: 0 });
    await page.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
