import { expect, test } from 'vitest';
import { memoryBackend } from '../backend/memory-backend.double.ts';
import type { WeightBackend } from '../backend/weight-backend.ts';
import { type Served, webDouble } from '../network/web.double.ts';
import { samplePackage } from '../sample-package.double.ts';
import { fileRequests, makeStore, until } from '../store.double.ts';

const sample = samplePackage();
const hanging: Served = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test('a pause that is noted when the package is just gone does not bring its draft back', async () => {
  const memory = memoryBackend();
  let isGoing = false;
  const get: WeightBackend['drafts']['get'] = async (key) => {
    const draft = await memory.drafts.get(key);
    // Removed, or complete, between the look at it and the note.
    if (isGoing) await memory.drafts.delete([key]);
    return draft;
  };
  const network = webDouble({ ...sample.served, [sample.fileUrl]: hanging });
  const { store, bring } = makeStore(network, { backend: { ...memory, drafts: { ...memory.drafts, get } } });
  const leaving = new AbortController();
  const left = bring(sample.pkg, leaving.signal).brought.catch(() => undefined);
  await until(() => fileRequests(network).length > 0);
  isGoing = true;
  await store.pause('sample');
  expect(await memory.drafts.keys()).toEqual([]);
  leaving.abort();
  await left;
  expect(await memory.drafts.keys()).toEqual([]);
});
