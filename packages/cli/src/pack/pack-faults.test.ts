import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { memorySource } from '../files/memory-source.double.ts';
import { tinyGguf } from '../model/gguf/tiny-gguf.double.ts';
import { describeMlc } from '../model/mlc/describe-mlc.ts';
import { tinyMlc } from '../model/mlc/tiny-mlc.double.ts';
import type { ModelDescription } from '../model/model-description.ts';
import { memoryTarget } from '../target/memory-target.double.ts';
import type { PackageTarget } from '../target/package-target.ts';
import { verifyMirror } from '../verify/verify-mirror.ts';
import { type PackModelOptions, packModel } from './pack-model.ts';

const gguf = tinyGguf({ tensorBytes: 9_000 });
const files: Readonly<Record<string, string | Uint8Array>> = { ...tinyMlc(), 'params_shard_0.bin': gguf };
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A model of several files, one of which is in several chunks. */
async function model(): Promise<ModelDescription> {
  const cache = JSON.parse(String(files['tensor-cache.json']));
  cache.records[0].nbytes = gguf.length;
  return describeMlc(memorySource({ ...files, 'tensor-cache.json': JSON.stringify(cache) }));
}

async function pack(target: PackageTarget, change: Partial<PackModelOptions> = {}) {
  const source = memorySource(files, { tellsHashes: true });
  return packModel({ source, model: await model(), target, id: 'tiny', license: 'MIT', ...change });
}

/** Does every step of the target until the one of this number, which fails, as all after it do. */
function failingAt(target: PackageTarget, step: number): PackageTarget {
  let steps = 0;
  const count =
    <Args extends readonly unknown[], T>(run: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      if (++steps >= step) throw new Error('the target is gone');
      return run(...args);
    };
  return {
    ...target,
    listFiles: count(target.listFiles),
    readFile: count(target.readFile),
    putFile: count(target.putFile),
    removeFile: count(target.removeFile),
  };
}

test('whatever step of the target fails, no manifest stands that does not hold, and the next run ends well', async () => {
  let failures = 0;
  for (let step = 1; step < 40; step++) {
    const target = memoryTarget({ keepsParts: true });
    await pack(target);
    const isWhole = await pack(failingAt(target, step), { force: true, license: 'Apache-2.0' }).then(
      () => true,
      () => false,
    );
    if (!isWhole) failures++;
    const { faults } = await verifyMirror(target);
    expect(faults.filter(({ kind }) => kind !== 'no-manifest')).toEqual([]);
    await pack(target, { force: true });
    expect((await verifyMirror(target)).faults).toEqual([]);
    if (isWhole) break;
  }
  expect(failures).toBeGreaterThan(8);
});

test('a source that is cut at any byte of any file is taken up there, and the package is the same', async () => {
  const whole = memoryTarget();
  const expected = await pack(whole);
  const described = await model();
  const paths = described.files.map(({ from }) => from);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ path: fc.constantFrom(...paths), after: fc.nat(gguf.length) }), { maxLength: 6 }),
      fc.integer({ min: 1, max: 3_000 }),
      async (cuts, pieceBytes) => {
        const target = memoryTarget({ keepsParts: true });
        const left = [...cuts];
        const onPiece = (path: string, offset: number) => {
          const cut = left.findIndex((one) => one.path === path && offset >= one.after);
          if (cut < 0) return;
          left.splice(cut, 1);
          throw new Error('the line is dead');
        };
        const source = memorySource(files, { tellsHashes: true, pieceBytes, onPiece });
        for (let tries = 0; ; tries++) {
          try {
            expect(await pack(target, { source })).toEqual(expected);
            break;
          } catch (error) {
            expect(error).toMatchObject({ message: 'the line is dead' });
            expect(target.files.has('tiny/manifest.json')).toBe(false);
            expect(tries).toBeLessThan(cuts.length);
          }
        }
        expect(new Map(target.files)).toEqual(new Map(whole.files));
      },
    ),
    { numRuns: 60 },
  );
});

test('a byte that is changed, lost or added anywhere in a mirror is found, and nothing else is blamed', async () => {
  const whole = memoryTarget();
  await pack(whole);
  await packModel({
    source: memorySource(files),
    model: await model(),
    target: whole,
    id: 'other',
    license: 'MIT',
  });
  const paths = [...whole.files.keys()].filter((path) => !path.endsWith('manifest.json'));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.nat(),
      fc.constantFrom('change', 'cut', 'add', 'remove'),
      async (path, position, how) => {
        const target = memoryTarget();
        for (const [name, bytes] of whole.files) target.files.set(name, Buffer.from(bytes));
        const bytes = Buffer.from(whole.files.get(path) ?? []);
        const at = position % bytes.length;
        if (how === 'remove') target.files.delete(path);
        else if (how === 'cut') target.files.set(path, bytes.subarray(0, at));
        else if (how === 'add') target.files.set(path, Buffer.concat([bytes, Buffer.from('x')]));
        else target.files.set(path, bytes.fill((bytes[at] ?? 0) ^ 0x55, at, at + 1));
        const { faults, packages } = await verifyMirror(target);
        expect(faults.length).toBeGreaterThan(0);
        expect([...new Set(faults.map((fault) => fault.path))]).toEqual([path]);
        expect(packages).toHaveLength(2);
      },
    ),
    { numRuns: 80 },
  );
});

test('every chunk that is told is the hash of its bytes, in every file', async () => {
  const target = memoryTarget();
  const { files: packed } = await pack(target);
  for (const { path, bytes, chunks = [], sha256: told } of packed) {
    const content = target.files.get(`tiny/files/${path}`) ?? Buffer.alloc(0);
    expect([content.length, sha256(content)]).toEqual([bytes, told]);
    expect(chunks.reduce((sum, { length }) => sum + length, 0)).toBe(bytes);
    for (const chunk of chunks)
      expect(sha256(content.subarray(chunk.offset, chunk.offset + chunk.length))).toBe(chunk.sha256);
  }
});
