import { OrillaError } from '@orilla/contract';
import { expect, test } from 'vitest';
import { faultyBackend } from '../backend/faulty-backend.double.ts';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import type { Draft, WeightBackend } from '../backend/weight-backend.ts';
import { missingPieces, piecesOf, quarantinePieceBytes } from '../pieces/pieces.ts';
import { sampleBytes, samplePackage, sha256Hex } from '../sample-package.double.ts';
import { shelve } from '../shelf/shelving.double.ts';
import { WeightShelf } from '../shelf/weight-shelf.ts';
import { takeOver } from './take-over.ts';

const signal = new AbortController().signal;
const content = sampleBytes(2 * quarantinePieceBytes + 1_000);
// As a mirror has it; as a hub tells of it; as another mirror has it.
const halves = samplePackage({ content, chunkBytes: quarantinePieceBytes / 2 });
const whole: Draft = {
  manifest: { ...halves.manifest, files: halves.manifest.files.map(({ chunks: _, ...file }) => file) },
  document: null,
  pkg: halves.pkg,
};
const thirds = samplePackage({ content, chunkBytes: quarantinePieceBytes / 3 + 1 });
const thirdsDraft: Draft = { manifest: thirds.manifest, document: null, pkg: thirds.pkg };

/** Four of the five halves are stored: two of the three pieces of a file in quarantine, the last of which is short. */
async function begun(memory = memoryBackend()) {
  await shelve({ backend: memory, shelf: new WeightShelf(memory) }, halves, { chunks: 4 });
  const before = await memory.drafts.get('sample');
  if (!before) throw new Error('It was just written.');
  return { memory, before };
}

const carryOver = (backend: WeightBackend, before: Draft, record: Draft) =>
  takeOver(before, record, { backend, shelf: new WeightShelf(backend), signal });

async function missingBytes(backend: WeightBackend) {
  const draft = await backend.drafts.get('sample');
  const stored = new Set(await backend.chunks.keys());
  const pieces = draft ? missingPieces(piecesOf(draft.manifest, draft.quarantine), stored) : [];
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

test('nothing is written where the pieces are the same', async () => {
  const { memory, before } = await begun();
  const backend = { ...memory, drafts: { ...memory.drafts, update: () => Promise.reject(new Error('written')) } };
  expect(await carryOver(backend, before, { ...before, pkg: null })).toEqual({ ...before, pkg: null });
});

test('each piece is named before it is stored, and the ones it is cut from until all are: a collection in another tab takes none', async () => {
  const { memory, before } = await begun();
  const other = new WeightShelf(memory);
  const put: WeightBackend['chunks']['put'] = async (key, value) => {
    await memory.chunks.put(key, value);
    await other.collectGarbage();
    expect(await memory.chunks.get(key)).toBeDefined();
  };
  const backend = { ...memory, chunks: { ...memory.chunks, put } };
  const draft = await carryOver(backend, before, whole);
  expect(draft.quarantine?.['model.gguf']?.pieces).toEqual([
    sha256Hex(content.subarray(0, quarantinePieceBytes)),
    sha256Hex(content.subarray(quarantinePieceBytes, 2 * quarantinePieceBytes)),
    null,
  ]);
  expect(await memory.drafts.get('sample')).toEqual(draft);
  expect(await memory.chunks.keys()).toHaveLength(2);
});

test.each([
  ['before', 1],
  ['after the first piece', 2],
])('on a disk that is full %s: what was cut counts, and only what was not is fetched', async (_, full) => {
  const { memory, before } = await begun();
  let puts = 0;
  const put: WeightBackend['chunks']['put'] = async (key, value) => {
    puts += 1;
    if (puts >= full) throw new OrillaError('storage.quota-exceeded', 'Full.');
    await memory.chunks.put(key, value);
  };
  const draft = await carryOver({ ...memory, chunks: { ...memory.chunks, put } }, before, whole);
  expect(await memory.drafts.get('sample')).toEqual(draft);
  expect(await memory.chunks.keys()).toHaveLength(full - 1);
  expect(await missingBytes(memory)).toBe((3 - full) * quarantinePieceBytes + 1_000);
});

test.each(['hang-after', 'before'] as const)(
  'cut off at any operation (%s) and taken up again, whichever manifest it is taken up with: nothing is lost, nothing is left over',
  async (moment) => {
    for (let failAt = 1; ; failAt += 1) {
      const { memory, before } = await begun();
      const { backend, failed, count } = faultyBackend(memory, { failAt, moment });
      await Promise.race([
        carryOver(backend, before, whole).catch(() => undefined),
        failed.then(() => new Promise((resolve) => setTimeout(resolve, 0))),
      ]);
      await new WeightShelf(memory).collectGarbage();
      const left = (await memory.drafts.get('sample')) ?? before;
      // In turns: what it was cut into, what it was cut from, and other pieces.
      const record = [whole, before, thirdsDraft][failAt % 3] ?? whole;
      const shelf = new WeightShelf(memory);
      await shelf.draft(await carryOver(memory, left, record));
      expect(await missingBytes(memory)).toBeLessThanOrEqual(quarantinePieceBytes / 3 + 1_001);
      await shelf.remove('sample');
      expect(await memory.chunks.keys()).toEqual([]);
      if (count() < failAt) return;
    }
  },
);
