import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import type { Draft, WeightBackend } from '../backend/weight-backend.ts';
import { piecesOf, quarantinePieceBytes } from '../pieces/pieces.ts';
import { sampleBytes, samplePackage, sha256Hex } from '../sample-package.double.ts';
import { WeightShelf } from '../shelf/weight-shelf.ts';
import { LoadSources } from '../source/load-sources.ts';
import { Quarantine } from './quarantine.ts';

// What is noted and what is hashed, when pieces come at the same time.

const content = sampleBytes(3 * quarantinePieceBytes, 9);
const file = { path: 'model.gguf', bytes: content.length, sha256: sha256Hex(content) };
const record = { manifest: { ...samplePackage().manifest, files: [file] }, document: null, pkg: null };
const pieces = piecesOf(record.manifest);
const signal = new AbortController().signal;
const part = (index: number) => content.slice(index * quarantinePieceBytes, (index + 1) * quarantinePieceBytes);

function openQuarantine(backend: WeightBackend) {
  const quarantine = new Quarantine(record, { backend, shelf: new WeightShelf(backend) });
  const put = async (index: number, bytes = part(index)) => {
    const piece = pieces[index];
    if (!piece) throw new Error('There are three.');
    const fetched = { bytes, blob: new Blob([bytes]), sha256: sha256Hex(bytes), url: 'https://hub.test/model.gguf' };
    await quarantine.note(piece, fetched);
    await backend.chunks.put(fetched.sha256, fetched.blob);
    await quarantine.advance(file, fetched, { signal });
  };
  const sources = new LoadSources([], { now: () => 0 });
  return { put, end: () => quarantine.end({ sources, signal, onChecked: () => undefined }) };
}

/** Holds up the next note of a hash; `reached` settles when it is about to be written. */
function holdingUp(memory: WeightBackend, isHashOf: (draft: Draft | undefined) => boolean) {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const update: WeightBackend['drafts']['update'] = async (key, change) => {
    if (isHashOf(change(await memory.drafts.get(key)))) {
      reached.resolve();
      await gate.promise;
    }
    await memory.drafts.update(key, change);
  };
  return {
    backend: { ...memory, drafts: { ...memory.drafts, update } },
    reached: reached.promise,
    letGo: gate.resolve,
  };
}

test('a lost piece that comes back with other bytes, while the hash of a later one is just noted, is found', async () => {
  const memory = memoryBackend();
  await new WeightShelf(memory).draft(record);
  const before = openQuarantine(memory);
  await before.put(0);
  await before.put(1);
  await memory.chunks.delete([sha256Hex(part(0))]);
  const held = holdingUp(memory, (draft) => draft?.quarantine?.['model.gguf']?.hashed?.pieces === 3);
  const after = openQuarantine(held.backend);
  const third = after.put(2);
  await held.reached;
  const first = after.put(0, sampleBytes(quarantinePieceBytes, 1_234));
  await new Promise((resolve) => setTimeout(resolve, 0));
  held.letGo();
  await Promise.all([third, first]);
  await expect(after.end()).rejects.toMatchObject({ code: 'storage.corrupt-chunk' });
  expect(await memory.chunks.keys()).toEqual([]);
});

test('two tabs without locks that note the same draft: whatever order, the hash is that of the pieces that are noted', async () => {
  const memory = memoryBackend();
  await new WeightShelf(memory).draft(record);
  const [one, other] = [openQuarantine(memory), openQuarantine(memory)];
  await one.put(0, sampleBytes(quarantinePieceBytes, 1_234));
  await one.put(1);
  await other.put(0);
  await one.put(2);
  const manifest = await one.end();
  expect(manifest?.files[0]?.chunks?.map(({ sha256 }) => sha256)).toEqual([0, 1, 2].map((i) => sha256Hex(part(i))));
});

test('a piece of a package that was removed meanwhile is not noted, so that the package does not come back', async () => {
  const memory = memoryBackend();
  const shelf = new WeightShelf(memory);
  await shelf.draft(record);
  const { put } = openQuarantine(memory);
  await put(0);
  await shelf.remove('sample');
  await expect(put(1)).rejects.toMatchObject({ code: 'storage.unavailable' });
  expect(await memory.drafts.keys()).toEqual([]);
  expect(await memory.chunks.keys()).toEqual([]);
});
