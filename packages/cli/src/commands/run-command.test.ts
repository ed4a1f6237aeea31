import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseManifest } from '@orilla/contract';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { asPublicHub, startHub } from '../files/hub.double.ts';
import { tinyGguf } from '../model/gguf/tiny-gguf.double.ts';
import { tinyMlc } from '../model/mlc/tiny-mlc.double.ts';
import type { CommandContext } from './command.ts';
import { runCommand } from './run-command.ts';

let root: string;
let mirror: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'orilla-command-'));
  mirror = join(root, 'mirror');
  const folder = root;
  onTestFinished(() => rm(folder, { recursive: true }));
  await put('Tiny.Q4_1.gguf', tinyGguf({ metadata: { 'general.license': { text: 'apache-2.0' } } }));
});

async function put(path: string, content: string | Uint8Array): Promise<string> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
  return join(root, path);
}

async function run(args: readonly string[], context: Partial<CommandContext> = {}) {
  const out: string[] = [];
  const errors: string[] = [];
  const code = await runCommand(args, {
    env: {},
    print: (line) => out.push(line),
    complain: (line) => errors.push(line),
    status: undefined,
    signal: new AbortController().signal,
    ...context,
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

const model = () => join(root, 'Tiny.Q4_1.gguf');
const manifest = async (id: string) =>
  parseManifest(JSON.parse(await readFile(join(mirror, id, 'manifest.json'), 'utf8')));

test('a model is packed, signed and verified, with id and license from the file itself', async () => {
  const key = join(root, 'key.pem');
  const made = await run(['keys', 'create', '--out', key, '--json']);
  const { publicKey, keyId } = JSON.parse(made.out);
  const packed = await run(['pack', model(), '--to', mirror, '--sign', key]);
  expect(packed).toMatchObject({ code: 0, errors: '' });
  expect(packed.out).toContain(`Packed tiny-q4_1 for llamacpp in ${mirror}, signed by key ${keyId}.`);
  expect(await manifest('tiny-q4_1')).toMatchObject({ license: 'Apache-2.0', signature: { keyId } });
  expect(await run(['verify', mirror, '--key', publicKey])).toMatchObject({ code: 0, errors: '' });
  expect((await run(['keys', 'show', key, '--json'])).out).toBe(made.out);
});

test('--json prints the catalog entry and nothing else', async () => {
  const { out } = await run(['pack', model(), '--to', mirror, '--id', 'tiny', '--context', '64', '--json']);
  expect(JSON.parse(out)).toEqual({
    id: 'tiny',
    engine: 'llamacpp',
    bytes: expect.any(Number),
    contextLength: 64,
    memory: expect.objectContaining({ kvPerToken: 256 }),
    license: 'Apache-2.0',
    sources: [{ kind: 'mirror', url: '/orilla/v1/models/tiny/' }],
  });
});

test('every fault of a mirror is told, as text and as JSON, with exit code 1', async () => {
  await run(['pack', model(), '--to', mirror, '--id', 'tiny']);
  await rm(join(mirror, 'tiny', 'files', 'Tiny.Q4_1.gguf'));
  await writeFile(join(mirror, 'tiny', 'extra'), 'x');
  const text = await run(['verify', mirror]);
  expect(text.code).toBe(1);
  expect(text.errors.split('\n')).toEqual([
    'tiny/files/Tiny.Q4_1.gguf is missing.',
    'tiny/extra is not named by the manifest.',
  ]);
  expect(text.out).toContain('2 faults');
  const json = await run(['verify', mirror, '--json']);
  expect(json).toMatchObject({ code: 1, errors: '' });
  expect(JSON.parse(json.out)).toMatchObject({
    packages: [{ id: 'tiny', files: 1 }],
    faults: [{ kind: 'no-file' }, { kind: 'unnamed' }],
  });
});

test('a key that did not sign is a fault', async () => {
  await run(['pack', model(), '--to', mirror]);
  const { out } = await run(['keys', 'create', '--out', join(root, 'other.pem'), '--json']);
  const { code, errors } = await run(['verify', mirror, '--key', JSON.parse(out).publicKey]);
  expect([code, errors]).toEqual([1, 'tiny-q4_1/manifest.json is not signed.']);
});

test('an MLC folder is packed with its library', async () => {
  for (const [path, content] of Object.entries(tinyMlc())) await put(`mlc/${path}`, content);
  const library = await put('libs/tiny-webgpu.wasm', Buffer.from('\0asm a library'));
  const args = ['pack', join(root, 'mlc'), '--to', mirror, '--license', 'MIT', '--lib', library];
  expect(await run(args)).toMatchObject({ code: 0, errors: '' });
  expect((await manifest('mlc')).files.map(({ path }) => path)).toContain('tiny-webgpu.wasm');
  expect((await run(['verify', mirror])).code).toBe(0);
});

test('a repository on a hub is packed, and a hub that not everybody may ask is no source of the entry', async () => {
  const hub = await startHub({
    repositories: { 'us/Tiny': { files: { 'tiny.Q8_0.gguf': tinyGguf() }, license: 'mit', token: 'sesame' } },
  });
  onTestFinished(() => hub[Symbol.asyncDispose]());
  const args = ['pack', 'hf:us/Tiny@main/tiny.Q8_0.gguf', '--to', mirror, '--hub', hub.url, '--json'];
  const refused = await run(args);
  expect([refused.code, refused.errors]).toEqual([1, expect.stringContaining('Set HF_TOKEN')]);
  const { code, out } = await run(args, { env: { HF_TOKEN: 'sesame' } });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    id: 'tiny-q8_0',
    license: 'MIT',
    sources: [{ kind: 'mirror', url: '/orilla/v1/models/tiny-q8_0/' }],
  });
  expect((await run(['verify', mirror])).code).toBe(0);
});

test('a repository that the public hub gives everybody is a source of the entry', async () => {
  const hub = await startHub({ repositories: { 'us/Tiny': { files: { 'tiny.gguf': tinyGguf() }, license: 'mit' } } });
  onTestFinished(() => hub[Symbol.asyncDispose]());
  const { out } = await run(['pack', 'hf:us/Tiny', '--to', mirror, '--json'], { fetch: asPublicHub(hub) });
  expect(JSON.parse(out).sources).toEqual([
    { kind: 'mirror', url: '/orilla/v1/models/tiny/' },
    { kind: 'hub', repository: 'us/Tiny', revision: hub.commit, path: 'tiny.gguf' },
  ]);
});

test('names that would act on a terminal are shown, and do not act', async () => {
  await run(['pack', model(), '--to', mirror, '--id', 'tiny']);
  await put('mirror/tiny/files/a\u001b[2J\nall holds.bin', 'x');
  const { errors } = await run(['verify', mirror]);
  expect(errors).toBe('tiny/files/a\\u{1b}[2J\\u{a}all holds.bin is not named by the manifest.');
  const { errors: command } = await run(['\u001b[2J']);
  expect(command).toContain('There is no command \\u{1b}[2J.');
});

test('a library is refused that is no WebAssembly, is not called like one, or is for a model that takes none', async () => {
  for (const [path, content] of Object.entries(tinyMlc())) await put(`mlc/${path}`, content);
  const pack = async (source: string, library: string) =>
    (await run(['pack', join(root, source), '--to', mirror, '--license', 'MIT', '--lib', library])).errors;
  const page = await put('page.wasm', '<!doctype html>');
  const library = await put('tiny.wasm', '\0asm a library');
  const other = await put('library.bin', '\0asm a library');
  expect(await pack('mlc', page)).toContain('page.wasm is no WebAssembly');
  expect(await pack('mlc', other)).toContain('library.bin is no model library');
  expect(await pack('mlc', join(root, 'mlc'))).toContain('is no model library');
  expect(await pack('Tiny.Q4_1.gguf', library)).toContain('--lib is for models of WebLLM');
  await expect(readdir(mirror)).rejects.toThrow('ENOENT');
});

test.each(['../../../escaped.onnx', '../mirror/escaped.onnx'])(
  'a hub that lists %s writes nothing, inside the mirror or out of it',
  async (path) => {
    const files = { 'config.json': '{}', [path]: 'a graph' };
    const hub = await startHub({ repositories: { 'us/evil': { files, license: 'mit' } } });
    onTestFinished(() => hub[Symbol.asyncDispose]());
    const before = await readdir(root, { recursive: true });
    const { code, errors } = await run(['pack', 'hf:us/evil', '--to', mirror, '--hub', hub.url]);
    expect([code, errors]).toEqual([1, expect.stringContaining('which no folder can have')]);
    expect(await readdir(root, { recursive: true })).toEqual(before);
  },
);

test("a model of WebLLM's catalogue is taken over", async () => {
  const hub = await startHub({
    repositories: {
      'mlc-ai/Tiny-MLC': { files: tinyMlc(), license: 'apache-2.0' },
      'libs/libs': { files: { 'tiny.wasm': Buffer.from('\0asm a library') } },
    },
  });
  onTestFinished(() => hub[Symbol.asyncDispose]());
  const entry = {
    model: `${hub.url}/mlc-ai/Tiny-MLC`,
    model_id: 'Tiny-MLC',
    model_lib: `${hub.url}/libs/libs/resolve/main/tiny.wasm`,
    vram_required_MB: 100,
    overrides: { context_window_size: 128 },
  };
  const config = await put('webllm.json', JSON.stringify({ model_list: [entry] }));
  const args = ['pack', 'webllm:Tiny-MLC', '--to', mirror, '--webllm-config', config, '--json'];
  const { code, out, errors } = await run(args);
  expect([code, errors]).toEqual([0, '']);
  const { memory, ...told } = JSON.parse(out);
  expect(told).toMatchObject({
    id: 'tiny-mlc',
    engine: 'webllm',
    contextLength: 128,
    license: 'Apache-2.0',
    requires: { features: ['shader-f16'] },
    sources: [{ kind: 'mirror', url: '/orilla/v1/models/tiny-mlc/' }],
  });
  expect(memory.weights + memory.kvPerToken * 128 + memory.scratch).toBe(100 * 1_048_576);
  expect((await run(['verify', mirror])).code).toBe(0);
  const missing = await run(['pack', 'webllm:None', '--to', mirror, '--webllm-config', config]);
  expect([missing.code, missing.errors]).toEqual([1, expect.stringContaining('has no model None')]);
});

test.each<[string, number, readonly string[], string]>([
  ['no source', 2, ['pack', '--to', 'm'], 'SOURCE is missing.'],
  ['two sources', 2, ['pack', 'a', 'b', '--to', 'm'], 'b is one too many'],
  ['no target', 2, ['pack', 'a'], '--to is missing'],
  ['an unknown option', 2, ['pack', 'a', '--to', 'm', '--fast'], "Unknown option '--fast'"],
  ['an option without its value', 2, ['pack', 'a', '--to'], "'--to <value>' argument missing"],
  ['a context that is no number', 2, ['pack', 'a', '--to', 'm', '--context', '4k'], 'a number of tokens, not 4k'],
  ['an unknown engine', 2, ['pack', 'a', '--to', 'm', '--engine', 'gpu'], 'there are webllm, onnx, llamacpp'],
  ['a hub that is no address', 2, ['pack', 'a', '--to', 'm', '--hub', 'hub'], '--hub must be an address'],
  ['an unknown command', 2, ['unpack'], 'There is no command unpack.'],
  ['an unknown action', 2, ['keys', 'delete'], 'create, and show FILE'],
  ['no mirror', 2, ['verify'], 'MIRROR is missing.'],
  ['a bad id', 2, ['pack', 'a', '--to', 'm', '--id', 'a/b'], '"a/b" is no package id'],
  ['a bad license', 2, ['pack', 'a', '--to', 'm', '--license', 'free for all'], 'is no SPDX expression'],
  [
    'a source that is not there',
    1,
    ['pack', '/nowhere/a.gguf', '--to', 'm'],
    'There is no file or folder /nowhere/a.gguf',
  ],
  ['a key file that is not there', 1, ['pack', 'a', '--to', 'm', '--sign', '/nowhere/k'], 'There is no key file'],
  ['a place on a hub that is none', 1, ['pack', 'hf:model', '--to', 'm'], 'hf:model is no place on a hub'],
  ['an id that leads out', 2, ['verify', 'm', '--id', '../m'], '"../m" is no package id'],
  ['a public key that is none', 2, ['verify', 'm', '--key', 'AAAA'], '32 bytes in base64'],
  ['a mirror that is not there', 1, ['verify', '/nowhere'], '/nowhere holds no package'],
  ['a mirror by address without ids', 1, ['verify', 'http://127.0.0.1:9/'], 'by --id'],
])('%s is told in words, with exit code %i', async (_, code, args, words) => {
  const result = await run(args);
  expect([result.code, result.out]).toEqual([code, '']);
  expect(result.errors).toContain(words);
  expect(result.errors).not.toMatch(/\n\s+at /);
});

test('a model that does not say its license asks for it before anything is written', async () => {
  const bare = await put('bare.gguf', tinyGguf());
  const asked = await run(['pack', bare, '--to', mirror]);
  expect([asked.code, asked.errors]).toEqual([1, expect.stringContaining('give it by --license')]);
  await expect(readFile(join(mirror, 'bare', 'manifest.json'))).rejects.toThrow('ENOENT');
  expect((await run(['pack', bare, '--to', mirror, '--license', 'MIT'])).code).toBe(0);
});

test('a package that is there is only replaced by force', async () => {
  const args = ['pack', model(), '--to', mirror];
  await run(args);
  const again = await run(args);
  expect([again.code, again.errors]).toEqual([1, expect.stringContaining('--force to replace it')]);
  expect((await run([...args, '--force'])).code).toBe(0);
});

test('a key that others may read is used, with a word about it', async () => {
  const key = join(root, 'key.pem');
  await run(['keys', 'create', '--out', key]);
  await writeFile(join(root, 'open.pem'), await readFile(key), { mode: 0o644 });
  const { code, errors } = await run(['pack', model(), '--to', mirror, '--sign', join(root, 'open.pem')]);
  expect([code, errors]).toEqual([0, expect.stringContaining('chmod 600')]);
});

test('the private key is never printed', async () => {
  const key = join(root, 'key.pem');
  const printed = [await run(['keys', 'create', '--out', key]), await run(['keys', 'show', key])];
  const secret = (await readFile(key, 'utf8')).split('\n')[1] ?? '';
  expect(secret.length).toBeGreaterThan(40);
  expect(printed.map(({ out, errors }) => out + errors).join()).not.toContain(secret.slice(-20));
});

test('an abort leaves the command as an abort', async () => {
  await expect(run(['pack', model(), '--to', mirror], { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
});

test('who watches sees progress, and the line is cleared', async () => {
  const seen: string[] = [];
  await run(['pack', model(), '--to', mirror], { status: (text) => seen.push(text) });
  expect(seen[0]).toMatch(/Packing tiny-q4_1: 0\.0 MB of 0\.0 MB, \d+ %$/);
  expect(seen.at(-1)).toBe('\r\u001b[2K');
});
