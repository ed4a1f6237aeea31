import { openAsBlob } from 'node:fs';
import { mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sampleBytes } from '../sample-package.double.ts';
import { bytesOf } from '../store.double.ts';
import { scratchFolder, systemTar, writeBlob } from './archive.double.ts';
import { readTar } from './read-tar.ts';
import { readHeader } from './tar-header.ts';
import { tarHeaders, writeTar } from './write-tar.ts';

const { signal } = new AbortController();
const GiB = 1024 ** 3;
const files: Readonly<Record<string, Uint8Array<ArrayBuffer>>> = {
  'a/manifest.json': new TextEncoder().encode('{}'),
  'a/files/empty': new Uint8Array(),
  'a/files/block': sampleBytes(512),
  'a/files/block-and-one': sampleBytes(513),
  [`a/files/${'folder/'.repeat(20)}long-name`]: sampleBytes(10),
  [`a/files/${'x'.repeat(200)}`]: sampleBytes(20),
  'a/files/ñandú 漢字.txt': sampleBytes(30),
};
const archive = () =>
  writeTar(Object.entries(files).map(([name, content]) => ({ name, content: new Blob([content]) })));

async function contents(blob: Blob) {
  const read = await readTar(blob, { signal });
  return Object.fromEntries(
    await Promise.all([...read].map(async ([name, file]) => [name, await bytesOf(file)] as const)),
  );
}

const refused = (why: RegExp) => ({ code: 'storage.bad-archive', message: expect.stringMatching(why) });

test('what is written is read: names of any length and script, contents of any length', async () => {
  expect(await contents(archive())).toEqual(files);
});

test('any names and contents come back as they went', async () => {
  const part = fc.stringMatching(/^[^/\\\p{C}]{1,60}$/u).filter((name) => name !== '.' && name !== '..');
  const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(path, fc.uint8Array({ maxLength: 1_100 }), { maxKeys: 4, noNullPrototype: true }),
      async (some) => {
        const written = writeTar(
          Object.entries(some).map(([name, content]) => ({ name, content: new Blob([Uint8Array.from(content)]) })),
        );
        expect(await contents(written)).toEqual(
          Object.fromEntries(Object.entries(some).map(([name, content]) => [name, Uint8Array.from(content)])),
        );
      },
    ),
    { numRuns: 100 },
  );
});

test('the same files give the same archive', async () => {
  expect(await bytesOf(archive())).toEqual(await bytesOf(archive()));
});

test("the system's tar reads what is written", async () => {
  await using folder = await scratchFolder();
  await writeBlob(join(folder.path, 'a.tar'), archive());
  await systemTar('-xf', join(folder.path, 'a.tar'), '-C', folder.path);
  for (const [name, content] of Object.entries(files))
    expect(Uint8Array.from(await readFile(join(folder.path, name)))).toEqual(content);
  expect(await readdir(join(folder.path, 'a'))).toEqual(['files', 'manifest.json']);
});

test.each(['gnu', 'posix', 'ustar'])("what the system's tar writes is read: %s", async (format) => {
  await using folder = await scratchFolder();
  // A name longer than its field, without a slash where it could be cut, is more than the oldest form can say.
  const some = Object.entries(files).filter(([name]) => format !== 'ustar' || !name.includes('x'.repeat(200)));
  for (const [name, content] of some) {
    await mkdir(dirname(join(folder.path, 'in', name)), { recursive: true });
    await writeFile(join(folder.path, 'in', name), content);
  }
  const tar = join(folder.path, 'a.tar');
  await systemTar(`--format=${format}`, '-cf', tar, '-C', join(folder.path, 'in'), 'a');
  expect(await contents(await openAsBlob(tar))).toEqual(Object.fromEntries(some));
  await systemTar(`--format=${format}`, '-cf', tar, '-C', join(folder.path, 'in'), '.');
  expect(await contents(await openAsBlob(tar))).toEqual(Object.fromEntries(some));
});

test.each([8 * GiB - 1, 8 * GiB, 40 * GiB])('a file of %d bytes, by itself and by the system', async (bytes) => {
  const [header] = tarHeaders('a/files/large', bytes);
  if (!header) throw new Error('There is a header.');
  expect(readHeader(header)).toEqual({ name: 'a/files/large', bytes, type: '0' });
  await using folder = await scratchFolder();
  const path = join(folder.path, 'large.tar');
  await writeFile(path, header);
  {
    // A file with a hole: it takes no room.
    await using file = await open(path, 'r+');
    await file.truncate(512 + Math.ceil(bytes / 512) * 512 + 1_024);
  }
  expect(await systemTar('-tvf', path)).toMatch(new RegExp(` ${bytes} .* a/files/large\\n$`));
  expect(
    (await readTar(new LargeBlob(path, { end: (await stat(path)).size }), { signal })).get('a/files/large')?.size,
  ).toBe(bytes);
});

/** Node's own Blob of a file can't be of more than 4 GiB. */
class LargeBlob extends Blob {
  readonly #path: string;
  readonly #start: number;
  readonly #end: number;

  constructor(path: string, { start = 0, end }: { readonly start?: number; readonly end: number }) {
    super();
    this.#path = path;
    this.#start = start;
    this.#end = end;
  }

  override get size(): number {
    return this.#end - this.#start;
  }

  override slice(from = 0, to = this.size): Blob {
    return new LargeBlob(this.#path, { start: this.#start + from, end: this.#start + to });
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    await using file = await open(this.#path);
    const bytes = new Uint8Array(this.size);
    await file.read(bytes, 0, this.size, this.#start);
    return bytes.buffer;
  }
}

const headerOf = (name: string, { bytes = 0, type = '0' } = {}) => {
  const [header] = tarHeaders('placeholder', bytes);
  const block = Uint8Array.from(header ?? []);
  block.fill(0, 0, 100).set(new TextEncoder().encode(name));
  block[156] = type.charCodeAt(0);
  block.set(new TextEncoder().encode(' '.repeat(8)), 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  return block;
};
const end = new Uint8Array(1_024);
const folders = { type: '5' };

const faults: readonly (readonly [string, readonly BlobPart[], RegExp])[] = [
  ['nothing', [], /ends too early/],
  ['text', ['hello '.repeat(200)], /no tar archive/],
  ['a zip', ['PK\u0003\u0004', new Uint8Array(2_000)], /no tar archive/],
  ['no end', [headerOf('a')], /ends too early/],
  ['half a header', [headerOf('a').slice(0, 300)], /ends too early/],
  ['a file that is cut short', [headerOf('a', { bytes: 600 }), new Uint8Array(512)], /ends too early/],
  ['something behind its end', [headerOf('a'), end, 'x'], /behind its end/],
  ['much behind its end', [headerOf('a'), end, new Uint8Array(2 * 1024 ** 2)], /behind its end/],
  ['a path upwards', [headerOf('../a'), end], /no plain name/],
  ['a path upwards inside', [headerOf('a/../../b'), end], /no plain name/],
  ['an absolute path', [headerOf('/etc/passwd'), end], /no plain name/],
  ['an absolute folder', [headerOf('/', folders), end], /no plain name/],
  ['a path with backslashes', [headerOf('a\\..\\b'), end], /no plain name/],
  ['a name with a line in it', [headerOf('a\nb'), end], /no plain name/],
  ['an empty name', [headerOf(''), end], /no plain name/],
  ['an empty part', [headerOf('a//b'), end], /no plain name/],
  ['a file with a slash at the end', [headerOf('a/'), end], /no plain name/],
  ['a file twice', [headerOf('a'), headerOf('a'), end], /has a twice/],
  ['a file twice, in other words', [headerOf('a'), headerOf('./a'), end], /has a twice/],
  ['a link', [headerOf('a', { type: '2' }), end], /neither a file nor a folder/],
  ['a hard link', [headerOf('a', { type: '1' }), end], /neither a file nor a folder/],
  ['a device', [headerOf('a', { type: '3' }), end], /neither a file nor a folder/],
  ['settings for all files', [headerOf('a', { type: 'g' }), end], /neither a file nor a folder/],
  ['a folder with content', [headerOf('a', { type: '5', bytes: 512 }), new Uint8Array(512), end], /has content/],
  ['a name that is no text', [headerOf('a').fill(0xff, 0, 2), end], /damaged|no text/],
  ['an endless name', [headerOf('a', { type: 'L', bytes: 70_000 }), new Uint8Array(70_144), end], /too long/],
  ['an extended header without sense', [headerOf('a', { type: 'x', bytes: 512 }), 'x'.repeat(512), end], /damaged/],
  [
    'holes',
    [headerOf('a', { type: 'x', bytes: 23 }), '23 GNU.sparse.major=1\n\n'.padEnd(512, '\0'), end],
    /damaged|holes/,
  ],
];
test.each(faults)('refused: %s', async (_, parts, why) => {
  await expect(readTar(new Blob([...parts]), { signal })).rejects.toMatchObject(refused(why));
});

test('a header of which one byte is another is refused, or says the same', async () => {
  const good = headerOf('a/files/model.gguf', { bytes: 512 });
  const whole = await contents(new Blob([good, new Uint8Array(512), end]));
  await fc.assert(
    fc.asyncProperty(fc.nat(511), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const bad = Uint8Array.from(good);
      bad[at] = (bad[at] ?? 0) ^ change;
      const read = await contents(new Blob([bad, new Uint8Array(512), end])).catch(
        (error: { code?: string }) => error.code,
      );
      expect([whole, 'storage.bad-archive']).toContainEqual(read);
    }),
    { numRuns: 2_000 },
  );
});

test('an abort ends the reading', async () => {
  await expect(readTar(archive(), { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
});

test('a file that has changed since it was chosen can no longer be read, and that is said', async () => {
  await using folder = await scratchFolder();
  const path = join(folder.path, 'a.tar');
  await writeBlob(path, archive());
  const chosen = await openAsBlob(path);
  await writeFile(path, 'something else');
  await expect(readTar(chosen, { signal })).rejects.toMatchObject(refused(/can no longer be read/));
});
