import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ensureStarterModel } from '../../../tools/model/starter-model.ts';
import { startRelayProcess } from '../mirror/relay-process.ts';
import { runCli } from './run-cli.ts';

let root: string;
let mirror: string;
let publicKey: string;

// The starter model, packed and signed as an organization would.
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'orilla-mirror-'));
  mirror = join(root, 'mirror');
  const { path } = await ensureStarterModel();
  const key = join(root, 'key.pem');
  const made = await runCli(['keys', 'create', '--out', key, '--json']);
  publicKey = JSON.parse(made.stdout).publicKey;
  const packed = await runCli(['pack', path, '--to', mirror, '--sign', key, '--id', 'smol', '--json']);
  expect([packed.code, packed.stderr]).toEqual([0, '']);
  expect(JSON.parse(packed.stdout)).toMatchObject({ id: 'smol', engine: 'llamacpp', license: 'Apache-2.0' });
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function serve() {
  const relay = await startRelayProcess({ yaml: `mirror: { folder: ${JSON.stringify(mirror)} }\n` });
  onTestFinished(() => relay[Symbol.asyncDispose]());
  return relay;
}

test("a packed model is served by the relay's mirror, and holds to its last byte as a browser would see it", async () => {
  const relay = await serve();
  const result = await runCli(['verify', relay.base, '--id', 'smol', '--key', publicKey]);
  expect([result.code, result.stderr]).toEqual([0, '']);
  expect(result.stdout).toContain('smol: 1 files, 98362432 bytes, signed');
});

test('what a mirror does not have, or a key did not sign, is told with exit code 1', async () => {
  const relay = await serve();
  const other = await runCli(['keys', 'create', '--out', join(root, 'other.pem'), '--json']);
  const { publicKey: untrusted } = JSON.parse(other.stdout);
  const result = await runCli(['verify', relay.base, '--id', 'smol', '--id', 'gone', '--key', untrusted, '--json']);
  expect(result.code).toBe(1);
  expect(JSON.parse(result.stdout).faults).toMatchObject([
    { id: 'smol', kind: 'bad-signature' },
    { id: 'gone', kind: 'no-manifest' },
  ]);
});

test('a mirror that is not there is told in words', async () => {
  const { code, stdout, stderr } = await runCli(['verify', 'http://127.0.0.1:9/', '--id', 'smol']);
  expect([code, stdout]).toEqual([1, expect.stringContaining('1 fault')]);
  expect(stderr).toContain("can't be reached");
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('a file that was cut off on disk is found', async () => {
  const { path } = await ensureStarterModel();
  const damaged = join(root, 'damaged');
  // A copy and not a link: the model itself has to stay whole.
  await runCli(['pack', path, '--to', damaged, '--id', 'smol']);
  const file = join(damaged, 'smol', 'files', 'SmolLM2-135M-Instruct.Q4_1.gguf');
  await rm(file);
  await writeFile(file, '');
  await truncate(file, 98_362_432);
  const { code, stdout } = await runCli(['verify', damaged, '--json']);
  expect(code).toBe(1);
  const { faults } = JSON.parse(stdout);
  expect(faults.filter(({ kind }: { kind: string }) => kind === 'chunk').length).toBe(13);
  expect(faults.at(-1)).toMatchObject({ kind: 'hash' });
});
