import { expose } from 'comlink';
import type { PeerName, Weights } from '../weights.ts';
import type { WeightsSide } from '../weights-side.ts';
import { hashChunks } from './hash-chunks.ts';
import type { PeerWorker } from './peer-worker.ts';
import { readBlob } from './read-blob.ts';

/** Each is loaded where it is asked for: the code of one takes no memory from another. */
const openers: Readonly<Record<PeerName, (weights: Weights) => Promise<WeightsSide>>> = {
  webLlm: async (weights) => (await import('./web-llm-side.ts')).webLlmSide(weights),
  wllama: async (weights) => (await import('./wllama-side.ts')).wllamaSide(weights),
  cacheApi: async (weights) => (await import('./cache-api-side.ts')).cacheApiSide(weights),
};
const sides = new Map<PeerName, WeightsSide>();

function started(name: PeerName): WeightsSide {
  const side = sides.get(name);
  if (!side) throw new Error(`Start ${name} first.`);
  return side;
}

expose({
  async start(name, weights) {
    sides.set(name, await openers[name](weights));
  },
  download: (name) => started(name).download(),
  open: (name) => started(name).open(),
  empty: (name) => started(name).empty(),
  readBlob,
  hash: hashChunks,
} satisfies PeerWorker);
