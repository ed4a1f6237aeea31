import { expose } from 'comlink';
import type { PeerName } from '../../engine-page/page-bench.ts';
import { countGpuBuffers } from '../count-gpu-buffers.ts';
import type { OpenPeer, Peer, PeerWorker } from './peer.ts';

countGpuBuffers();

/** Loaded when asked for: of each its code is in memory where it runs, and nowhere else. */
const openers: Readonly<Record<PeerName, () => Promise<OpenPeer>>> = {
  wllama: async () => (await import('./wllama-peer.ts')).openWllamaPeer,
  webLlm: async () => (await import('./web-llm-peer.ts')).openWebLlmPeer,
  transformers: async () => (await import('./transformers-peer.ts')).openTransformersPeer,
};

let peer: Peer | undefined;

expose({
  async open(model) {
    await peer?.close();
    const open = await openers[model.peer]();
    peer = await open(model);
  },
  async ask(asked) {
    if (!peer) throw new Error('Open the model first.');
    const begunMs = performance.now();
    const atMs: number[] = [];
    const told = await peer.answer(asked, () => atMs.push(performance.now() - begunMs));
    return { ...told, atMs };
  },
  gpuBufferBytes: async () => globalThis.gpuBufferCount?.peakBytes ?? 0,
} satisfies PeerWorker);
