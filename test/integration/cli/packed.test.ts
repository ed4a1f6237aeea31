import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packPackages, type Tarball } from '../../../tools/packages/pack-packages.ts';
import { runOutside } from '../../../tools/packages/run-outside.ts';
import { writeLargeGguf } from '../../fixtures/large-gguf.ts';

// The command as it is published, installed outside the workspace.

const MiB = 1024 ** 2;
const tiny = join(import.meta.dirname, '..', '..', 'fixtures', 'tiny-tokenizer', 'smollm', 'model.gguf');

let folder: string;
let tarballs: Tarball[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'orilla-packed-cli-'));
  tarballs = await packPackages(['contract', 'cli'], folder);
  // Unpublished versions are known by their files only.
  const dependencies = Object.fromEntries(tarballs.map(({ name, path }) => [name, `file:${path}`]));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'fresh', private: true, dependencies }));
  await runOutside('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder });
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** By its own name, as npx finds it. */
const orilla = (...args: string[]) =>
  runOutside(join(folder, 'node_modules', '.bin', 'orilla'), args, { cwd: folder, timeoutMs: 60_000 });

test('the package holds its sources, what is built of them, and nothing else', () => {
  const files = tarballs.find(({ name }) => name === '@orilla/cli')?.files ?? [];
  const sources = files.filter((file) => file.startsWith('src/'));
  const built = sources
    .map((source) => source.replace(/^src\/(.*)\.ts$/, 'dist/$1'))
    .flatMap((path) => [`${path}.d.ts`, `${path}.js`, `${path}.js.map`]);
  expect(files.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json', ...sources, ...built].toSorted());
  expect(files.filter((file) => /\.(test|double)\./.test(file))).toEqual([]);
});

test('it says what it can do, and its version', async () => {
  expect(await orilla('--help')).toContain('orilla pack SOURCE --to PLACE');
  expect(await orilla('pack', '--help')).toContain('hf:OWNER/NAME@REVISION');
  expect(await orilla('--version')).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('a model is packed, signed and verified from nothing but what was installed', async () => {
  const mirror = join(folder, 'mirror');
  const made = await orilla('keys', 'create', '--out', join(folder, 'key.pem'), '--json');
  const { publicKey } = JSON.parse(made);
  const entry = JSON.parse(await orilla('pack', tiny, '--to', mirror, '--sign', join(folder, 'key.pem'), '--json'));
  expect(entry).toMatchObject({ id: 'model', engine: 'llamacpp', license: 'Apache-2.0' });
  expect(await orilla('verify', mirror, '--key', publicKey)).toContain('all holds.');
  await expect(orilla('pack', tiny, '--to', mirror)).rejects.toThrow('--force to replace it');
});

test("places in S3 and WebLLM's catalogue, whose libraries are loaded late, find them or say what is missing", async () => {
  await expect(orilla('verify', 's3://models', '--s3-endpoint', 'nowhere')).rejects.toThrow('is no address');
  await expect(orilla('pack', 'webllm:Tiny', '--to', 'm')).rejects.toThrow('-p @mlc-ai/web-llm');
});

test('a program packs by the same functions, with types of its own', async () => {
  const script = `import { packGguf } from '@orilla/cli';
    const manifest = await packGguf({ path: process.argv[2], id: 'own', license: 'MIT', folder: 'own' });
    console.log(manifest.id, manifest.files.length);`;
  await writeFile(join(folder, 'pack.mjs'), script);
  expect(await runOutside(process.execPath, ['pack.mjs', tiny], { cwd: folder })).toBe('own 1\n');
});

test('256 MiB are packed and verified in less than 130 MiB of memory', async () => {
  await writeLargeGguf(join(folder, 'large.gguf'), 256 * MiB);
  const program = join(folder, 'node_modules', '@orilla', 'cli', 'dist', 'main.js');
  // Not `ru_maxrss`, which begins with the peak of the process that started it.
  const tell = `import { readFileSync } from 'node:fs';
    const peak = () => Number(/^VmHWM:\\s+(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
    process.on('exit', () => console.log('peak', peak()));`;
  await writeFile(join(folder, 'peak.mjs'), `${tell}\nawait import(${JSON.stringify(program)});`);
  const peakOf = async (...args: string[]) => {
    const printed = await runOutside(process.execPath, ['peak.mjs', ...args], { cwd: folder });
    return Number(/^peak (.*)$/m.exec(printed)?.[1]);
  };
  const packed = await peakOf('pack', 'large.gguf', '--to', 'large', '--license', 'MIT');
  const verified = await peakOf('verify', 'large');
  console.log(`orilla pack of 256 MiB: ${Math.round(packed)} MiB, orilla verify: ${Math.round(verified)} MiB`);
  for (const peak of [packed, verified]) expect(peak).toBeLessThan(130);
});
