import { createHash, randomBytes } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchFolder } from '../test/scratch-folder.ts';
import { type Fault, startFaultyFileServer } from './faulty-file-server.ts';
import type { ModelSource } from './model-source.ts';
import { type EnsureStarterModelOptions, ensureStarterModel } from './starter-model.ts';

const file = randomBytes(1_000_000);
const model = { name: 'tiny.gguf', bytes: file.length, sha256: createHash('sha256').update(file).digest('hex') };

/** Sources on real servers, tried in the order given; each server misbehaves as its faults say. */
async function setUp(...faultsOfEach: Fault[][]) {
  const servers = await Promise.all(faultsOfEach.map((faults) => startFaultyFileServer(file, faults)));
  const folder = await scratchFolder();
  const lines: string[] = [];
  const sources = servers.map(
    ({ url }, index): ModelSource => ({
      name: `source ${index}`,
      locate: async () => ({ url, bytes: model.bytes, sha256: model.sha256 }),
    }),
  );
  const options: EnsureStarterModelOptions = {
    model,
    sources,
    folder: join(folder.path, 'models'),
    log: (line) => lines.push(line),
    output: { write: () => true },
    download: { retryDelayMs: 1, answerTimeoutMs: 500 },
  };
  return {
    servers,
    options,
    lines,
    path: join(folder.path, 'models', model.name),
    requests: () => servers.map(({ ranges }) => ranges.length),
    files: () => readdir(join(folder.path, 'models')),
    async [Symbol.asyncDispose]() {
      await Promise.all([...servers, folder].map((part) => part[Symbol.asyncDispose]()));
    },
  };
}

test('fetches from the first source, and says so', async () => {
  await using at = await setUp([], []);
  expect(await ensureStarterModel(at.options)).toEqual({ path: at.path, bytes: model.bytes, sha256: model.sha256 });
  expect(file.equals(await readFile(at.path))).toBe(true);
  expect(at.requests()).toEqual([1, 0]);
  expect(at.lines).toEqual(['Fetching tiny.gguf (1 MB) from source 0.']);
});

test('a model that is there and whole is used without a word or a request', async () => {
  await using at = await setUp([]);
  await ensureStarterModel(at.options);
  at.lines.length = 0;
  await ensureStarterModel(at.options);
  expect(at.requests()).toEqual([1]);
  expect(at.lines).toEqual([]);
});

test('a model with one wrong byte is fetched again', async () => {
  await using at = await setUp([]);
  await mkdir(join(at.path, '..'), { recursive: true });
  // Not a fixed byte: one in 256 files of random bytes has that one there already.
  await writeFile(at.path, file.with(500_000, (file[500_000] ?? 0) ^ 1));
  await ensureStarterModel(at.options);
  expect(file.equals(await readFile(at.path))).toBe(true);
  expect(at.requests()).toEqual([1]);
});

test.each([
  ['has wrong bytes', [{ kind: 'wrong-bytes' }], /its SHA-256 is/],
  ['has another length', [{ kind: 'wrong-length', extraBytes: 1, named: true }], /1000001 bytes, not 1000000/],
  ['answers with a web page', [{ kind: 'web-page' }], /a web page/],
  ['never answers', [{ kind: 'silent' }, { kind: 'silent' }, { kind: 'silent' }], /did not answer within 500 ms/],
] satisfies [string, Fault[], RegExp][])('goes to the second source when the first %s', async (_, faults, reason) => {
  await using at = await setUp(faults, []);
  await ensureStarterModel(at.options);
  expect(file.equals(await readFile(at.path))).toBe(true);
  expect(await at.files()).toEqual([model.name]);
  expect(at.lines[1]).toMatch(/^Not from source 0: /);
  expect(at.lines[1]).toMatch(reason);
  expect(at.lines[2]).toBe('Fetching tiny.gguf (1 MB) from source 1.');
});

test('a source that cannot be used on this machine is passed over', async () => {
  await using at = await setUp([]);
  const noPython: ModelSource = { name: 'a package', locate: () => Promise.reject(new Error('there is no Python')) };
  await ensureStarterModel({ ...at.options, sources: [noPython, ...(at.options.sources ?? [])] });
  expect(at.lines[1]).toBe('Not from a package: there is no Python.');
});

test('when every source fails the error names each, its reason, and where to put the file', async () => {
  await using at = await setUp([{ kind: 'wrong-bytes' }], [{ kind: 'status', status: 404 }]);
  const error = await ensureStarterModel(at.options).catch((reason: Error) => reason);
  expect(error).toBeInstanceOf(Error);
  const message = String(error);
  expect(message).toContain('source 0: its SHA-256 is');
  expect(message).toContain('source 1: it answered with HTTP 404');
  expect(message).toContain(`SHA-256 ${model.sha256}) at ${at.path}`);
  expect(await at.files()).toEqual([]);
});

test('^C keeps what has arrived and tries no other source; the next run resumes', async () => {
  await using at = await setUp([{ kind: 'stall', afterBytes: 400_000 }], []);
  const stop = new AbortController();
  const stopped = ensureStarterModel({
    ...at.options,
    signal: stop.signal,
    output: { write: () => setTimeout(() => stop.abort(), 50) },
  });
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
  expect((await stat(`${at.path}.part`)).size).toBeGreaterThan(0);
  await ensureStarterModel(at.options);
  expect(at.requests()).toEqual([2, 0]);
  expect(at.servers[0]?.ranges[1]).toMatch(/^bytes=\d+-$/);
  expect(file.equals(await readFile(at.path))).toBe(true);
});

test('an archive is unpacked, verified and removed', async () => {
  await using at = await setUp([]);
  const [source] = at.options.sources ?? [];
  if (!source) throw new Error('the setup made one source');
  const unpack: ModelSource['unpack'] = async (archive, folder) => {
    await copyFile(archive, join(folder, 'inside.gguf'));
    return join(folder, 'inside.gguf');
  };
  await ensureStarterModel({ ...at.options, sources: [{ ...source, unpack }] });
  expect(await at.files()).toEqual([model.name]);
});

test('^C while an archive is being unpacked keeps it for the next run', async () => {
  await using at = await setUp([]);
  const [source] = at.options.sources ?? [];
  if (!source) throw new Error('the setup made one source');
  const stop = new AbortController();
  const unpack: ModelSource['unpack'] = async (archive, folder) => {
    if (at.requests()[0] === 1 && !stop.signal.aborted) {
      stop.abort();
      stop.signal.throwIfAborted();
    }
    await copyFile(archive, join(folder, 'inside.gguf'));
    return join(folder, 'inside.gguf');
  };
  const options = { ...at.options, sources: [{ ...source, unpack }] };
  await expect(ensureStarterModel({ ...options, signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
  await ensureStarterModel(options);
  expect(at.requests()).toEqual([1]);
  expect(await at.files()).toEqual([model.name]);
});

test('an archive that holds another model is refused', async () => {
  await using at = await setUp([]);
  const [source] = at.options.sources ?? [];
  if (!source) throw new Error('the setup made one source');
  const unpack: ModelSource['unpack'] = async (_archive, folder) => {
    await writeFile(join(folder, 'inside.gguf'), 'something else');
    return join(folder, 'inside.gguf');
  };
  const refused = ensureStarterModel({ ...at.options, sources: [{ ...source, unpack }] });
  await expect(refused).rejects.toThrow(/source 0: it holds another model file/);
  expect(await at.files()).toEqual([]);
});
