import { type Remote, wrap } from 'comlink';
import type { PeerModel } from '../engine-page/page-bench.ts';
import type { Asked, Told } from './behaviour-page.ts';
import type { PeerWorker } from './peer-worker/peer.ts';

/** A peer in a worker of its own, in which its answers are timed too. */
export class PeerSide {
  #worker: Worker | null = null;
  #peer: Remote<PeerWorker> | null = null;

  async open(model: PeerModel, where: 'same-worker' | 'new-worker'): Promise<void> {
    if (where === 'new-worker' || !this.#peer) {
      this.#worker?.terminate();
      this.#worker = new Worker(new URL('./peer-worker/main.ts', import.meta.url), {
        type: 'module',
        name: model.backend,
      });
      this.#peer = wrap<PeerWorker>(this.#worker);
    }
    await this.#peer.open(model);
  }

  async ask(asked: Asked): Promise<Told> {
    if (!this.#peer) throw new Error('Open the peer first.');
    return this.#peer.ask(asked);
  }

  async gpuBufferBytes(): Promise<number> {
    if (!this.#peer) throw new Error('Open the peer first.');
    return this.#peer.gpuBufferBytes();
  }
}
