import { type Remote, wrap } from 'comlink';
import { orillaSide } from './orilla-side.ts';
import type { PeerWorker } from './peer-worker/peer-worker.ts';
import type { PeerName, SideName, Weights } from './weights.ts';
import type { WeightsSide } from './weights-side.ts';

const worker: Remote<PeerWorker> = wrap(
  new Worker(new URL('./peer-worker/main.ts', import.meta.url), { type: 'module' }),
);
const sides = new Map<SideName, WeightsSide>();

const openers: Readonly<Record<SideName, (weights: Weights) => Promise<WeightsSide>>> = {
  ours: (weights) => orillaSide('indexeddb', weights, worker),
  oursOpfs: (weights) => orillaSide('opfs', weights, worker),
  webLlm: (weights) => peerSide('webLlm', weights),
  wllama: (weights) => peerSide('wllama', weights),
  cacheApi: (weights) => peerSide('cacheApi', weights),
};

window.weightsBench = {
  async start(name, weights) {
    sides.set(name, await openers[name](weights));
  },
  download: (name) => started(name).download(),
  open: (name) => started(name).open(),
  empty: (name) => started(name).empty(),
  hash: (weights) => worker.hash(weights),
};

async function peerSide(name: PeerName, weights: Weights): Promise<WeightsSide> {
  await worker.start(name, weights);
  return {
    download: () => worker.download(name),
    open: () => worker.open(name),
    empty: () => worker.empty(name),
  };
}

function started(name: SideName): WeightsSide {
  const side = sides.get(name);
  if (!side) throw new Error(`Start ${name} first.`);
  return side;
}
