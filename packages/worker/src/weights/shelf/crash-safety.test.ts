import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FaultMoment, faultyBackend } from '../backend/faulty-backend.double.ts';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import type { WeightBackend } from '../backend/weight-backend.ts';
import { type SamplePackage, sampleBytes, samplePackage, sha256Hex } from '../sample-package.double.ts';
import { bytesOf } from '../store.double.ts';
import { namedChunks } from './named-chunks.ts';
import { type Shelving, shelve } from './shelving.double.ts';
import { WeightShelf } from './weight-shelf.ts';

// Packages that share chunks, and another version of one of them.
const shared = sampleBytes(300, 21);
const made = (id: string, seed: number) =>
  samplePackage({ id, content: Uint8Array.from([...shared, ...sampleBytes(200, seed)]) });
const one = made('one', 22);
const other = made('other', 23);
const newerOne = made('one', 24);
const contents: Readonly<Record<string, readonly SamplePackage[]>> = { one: [one, newerOne], other: [other] };

type Step =
  | 'shelve one'
  | 'shelve other'
  | 'shelve newer'
  | 'half of newer'
  | 'remove one'
  | 'pin'
  | 'room'
  | 'collect'
  | 'verify'
  | 'open';

const steps: Readonly<Record<Step, (shelving: Shelving) => Promise<unknown>>> = {
  'shelve one': (shelving) => shelve(shelving, one),
  'shelve other': (shelving) => shelve(shelving, other),
  'shelve newer': (shelving) => shelve(shelving, newerOne),
  'half of newer': (shelving) => shelve(shelving, newerOne, { chunks: 4 }),
  'remove one': ({ shelf }) => shelf.remove('one'),
  pin: ({ shelf }) => shelf.pin('one', true),
  room: ({ shelf }) =>
    shelf
      .makeRoom(400, { estimate: null, budgetBytes: 600, isOpen: async () => false })
      .catch((error: unknown) => (isFault(error) ? Promise.reject(error) : null)),
  collect: ({ shelf }) => shelf.collectGarbage(),
  verify: ({ shelf }) =>
    shelf
      .verify('other', { signal: new AbortController().signal, onProgress: () => undefined })
      .catch((error: unknown) => (isFault(error) ? Promise.reject(error) : null)),
  open: ({ shelf }) => shelf.open('other'),
};

const isFault = (error: unknown) => error instanceof Error && /^operation \d+ failed$/.test(error.message);

/** Does the steps until one fails or hangs. */
async function perform(names: readonly Step[], backend: WeightBackend, failed: Promise<void>): Promise<void> {
  const shelving = { shelf: new WeightShelf(backend), backend };
  const all = async () => {
    for (const name of names) await steps[name](shelving);
  };
  await Promise.race([
    all().catch((error: unknown) => {
      if (!isFault(error)) throw error;
    }),
    // What was still on its way to the store gets there, or does not.
    failed.then(() => new Promise((resolve) => setTimeout(resolve, 0))),
  ]);
}

/** What must hold of whatever a tab has left. */
async function expectSound(backend: WeightBackend): Promise<void> {
  const shelf = new WeightShelf(backend);
  const listed = await shelf.list();
  for (const { id, isComplete } of listed) {
    const opened = await shelf.open(id);
    expect(opened !== null).toBe(isComplete);
    if (!opened) continue;
    const bytes = await bytesOf(opened.files.get('model.gguf'));
    expect(sha256Hex(bytes)).toBe(opened.manifest.files[0]?.sha256);
    expect(contents[id]?.map(({ content }) => sha256Hex(content))).toContain(sha256Hex(bytes));
  }
  const ids = [...(await backend.packages.keys()), ...(await backend.drafts.keys())];
  expect(new Set(listed.map(({ id }) => id))).toEqual(new Set(ids));
  await shelf.collectGarbage();
  const named = await namedChunks(backend);
  expect((await backend.chunks.keys()).filter((hash) => !named.has(hash))).toEqual([]);
  const kept = (await shelf.list()).filter(({ isComplete }) => isComplete).map(({ id }) => id);
  expect(kept).toEqual(listed.filter(({ isComplete }) => isComplete).map(({ id }) => id));
  for (const id of ids) await shelf.remove(id);
  expect(await backend.chunks.keys()).toEqual([]);
  await shelf.collectGarbage();
  expect(await backend.marks.keys()).toEqual([]);
}

const moments: readonly FaultMoment[] = ['before', 'after', 'hang-before', 'hang-after'];
const story: readonly Step[] = [
  'shelve one',
  'pin',
  'shelve other',
  'half of newer',
  'shelve newer',
  'verify',
  'room',
  'remove one',
  'collect',
  'open',
];

test.each(moments)('a tab that goes at any operation of a long story (%s) leaves a sound store', async (moment) => {
  for (let failAt = 1; ; failAt += 1) {
    const good = memoryBackend();
    const { backend, failed, count } = faultyBackend(good, { failAt, moment });
    await perform(story, backend, failed);
    await expectSound(good);
    if (count() < failAt) {
      expect(failAt).toBeGreaterThan(100);
      return;
    }
  }
});

test.each(moments)(
  'a tab that goes at any operation of a download (%s) loses nothing that it stored',
  async (moment) => {
    for (let failAt = 1; ; failAt += 1) {
      const good = memoryBackend();
      const { backend, failed, count } = faultyBackend(good, { failAt, moment });
      await perform(['shelve one', 'shelve other'], backend, failed);
      const stored = await good.chunks.keys();
      await new WeightShelf(good).collectGarbage();
      expect(await good.chunks.keys()).toEqual(stored);
      if (count() < failAt) return;
    }
  },
);

test('one operation that fails while the tab goes on leaves a sound store', async () => {
  const names = Object.keys(steps) as Step[]; // the keys of a record are what its type says
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 150 }),
      fc.constantFrom(...(['before', 'after'] as const)),
      async (before, failAt, moment) => {
        const good = memoryBackend();
        const { backend } = faultyBackend(good, { failAt, moment, isLast: false });
        const shelving = { shelf: new WeightShelf(backend), backend };
        for (const name of before)
          await steps[name](shelving).catch((error: unknown) => {
            if (!isFault(error)) throw error;
          });
        await expectSound(good);
      },
    ),
    { numRuns: 150 },
  );
});

test('any story, cut off anywhere, then taken up again', async () => {
  const names = Object.keys(steps) as Step[]; // the keys of a record are what its type says
  const someSteps = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      someSteps,
      fc.integer({ min: 1, max: 100 }),
      fc.constantFrom(...moments),
      someSteps,
      async (before, failAt, moment, after) => {
        const good = memoryBackend();
        const { backend, failed } = faultyBackend(good, { failAt, moment });
        await perform(before, backend, failed);
        for (const name of after) await steps[name]({ shelf: new WeightShelf(good), backend: good });
        await expectSound(good);
      },
    ),
    { numRuns: 150 },
  );
});
