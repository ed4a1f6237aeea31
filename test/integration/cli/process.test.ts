import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { largeGguf, writeLargeGguf } from '../../fixtures/large-gguf.ts';
import { runCli } from './run-cli.ts';

const MiB = 1024 ** 2;
const main = join(import.meta.dirname, '..', '..', '..', 'packages', 'cli', 'src', 'main.ts');

async function scratch(parent = tmpdir()): Promise<string> {
  const folder = await mkdtemp(join(parent, 'orilla-process-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('exit codes are 0, 1 and 2; only what was asked for goes to standard output', async () => {
  const help = await runCli(['--help']);
  expect([help.code, help.stderr]).toEqual([0, '']);
  const failed = await runCli(['verify', join(await scratch(), 'nothing'), '--id', 'gone']);
  expect([failed.code, failed.stderr]).toEqual([1, expect.stringContaining('gone has no manifest')]);
  const misunderstood = await runCli(['pack', '--everything']);
  expect([misunderstood.code, misunderstood.stdout]).toEqual([2, '']);
});

test('who reads no further is no reason to fail', async () => {
  const child = spawn(process.execPath, ['--conditions=@orilla/source', main, 'pack', '--help'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    errors += part;
  });
  const [code] = await once(child, 'close');
  expect([code, errors]).toEqual([0, '']);
});

test('a folder on another disk gets a copy, hashed in the one pass that copies it', async () => {
  const root = await scratch();
  const other = await scratch('/dev/shm');
  expect((await stat(other)).dev).not.toBe((await stat(root)).dev);
  const path = join(root, 'large.gguf');
  await writeLargeGguf(path, 32 * MiB);
  const packed = await runCli(['pack', path, '--to', other, '--license', 'MIT', '--json']);
  expect([packed.code, packed.stderr]).toEqual([0, '']);
  expect(await readdir(join(other, 'large', 'files'))).toEqual(['large.gguf']);
  const { nlink, size } = await stat(join(other, 'large', 'files', 'large.gguf'));
  expect([nlink, size]).toEqual([1, 32 * MiB]);
  const verified = await runCli(['verify', other, '--json']);
  expect(JSON.parse(verified.stdout)).toMatchObject({ faults: [], packages: [{ id: 'large', bytes: 32 * MiB }] });
});

test('the file that tests generate has the hash that it is told to have', async () => {
  const root = await scratch();
  await writeLargeGguf(join(root, 'large.gguf'), 16 * MiB);
  const mirror = join(root, 'mirror');
  await runCli(['pack', join(root, 'large.gguf'), '--to', mirror, '--license', 'MIT']);
  const manifest = JSON.parse(await readFile(join(mirror, 'large', 'manifest.json'), 'utf8'));
  expect(manifest.files[0].sha256).toBe(largeGguf(16 * MiB).sha256());
  // The header has chunks of its own, the tensors begin one anew.
  const lengths = manifest.files[0].chunks.map(({ length }: { length: number }) => length);
  expect(lengths.length).toBeGreaterThanOrEqual(3);
  expect(lengths[0]).toBe(8 * MiB);
  expect(manifest.tokenizerDigest).toMatch(/^[0-9a-f]{64}$/);
});
