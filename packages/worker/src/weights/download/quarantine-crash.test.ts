import { expect, test } from 'vitest';
import { faultyBackend } from '../backend/faulty-backend.double.ts';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import { json, webDouble } from '../network/web.double.ts';
import { quarantinePieceBytes } from '../pieces/pieces.ts';
import { sampleBytes, samplePackage, sha256Hex } from '../sample-package.double.ts';
import { namedChunks } from '../shelf/named-chunks.ts';
import { WeightShelf } from '../shelf/weight-shelf.ts';
import { bytesOf, makeStore } from '../store.double.ts';

// A tab that goes in the middle of a download of which only the whole hash is known.

const content = sampleBytes(quarantinePieceBytes + 1_000);
const made = samplePackage({ content });
const manifest = { ...made.manifest, files: made.manifest.files.map(({ chunks: _, ...file }) => file) };
const served = { ...made.served, [made.manifestUrl]: json(manifest) };

const moments = ['before', 'hang-after'] as const;
/** Which operation is the first one that fails; from there every third. */
const firsts = [1, 2, 3];

test.each(moments.flatMap((moment) => firsts.map((first) => [moment, first] as const)))(
  'at any operation (%s, from %i on): no engine sees wrong bytes, what was stored and named is not fetched again, nothing is left over',
  async (moment, first) => {
    for (let failAt = first; ; failAt += firsts.length) {
      const good = memoryBackend();
      const { backend, failed, count } = faultyBackend(good, { failAt, moment });
      const leaving = new AbortController();
      await Promise.race([
        makeStore(webDouble(served), { backend, locks: null })
          .bring(made.pkg, leaving.signal)
          .brought.catch(() => undefined),
        failed.then(() => new Promise((resolve) => setTimeout(resolve, 0))),
      ]);
      leaving.abort();
      const shelf = new WeightShelf(good);
      await shelf.collectGarbage();
      const named = await namedChunks(good);
      const kept = await good.chunks.getMany(await good.chunks.keys());
      expect((await good.chunks.keys()).filter((hash) => !named.has(hash))).toEqual([]);
      const keptBytes = kept.reduce((sum, blob) => sum + (blob?.size ?? 0), 0);
      const { files, fetchedBytes } = await makeStore(webDouble(served), { backend: good }).bring(made.pkg).brought;
      expect(fetchedBytes).toBe(content.length - keptBytes);
      expect(sha256Hex(await bytesOf(files.get('model.gguf')))).toBe(manifest.files[0]?.sha256);
      await shelf.remove('sample');
      expect(await good.chunks.keys()).toEqual([]);
      if (count() < failAt) return;
    }
  },
);
