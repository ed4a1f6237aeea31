import type { PeerModel } from '../../engine-page/page-bench.ts';
import type { Asked, Told } from '../behaviour-page.ts';

export interface PeerWorker {
  /** Opens the model; one that is open goes first, however it ends. */
  open(model: PeerModel): Promise<void>;
  ask(asked: Asked): Promise<Told>;
  /** The most that it had at once. */
  gpuBufferBytes(): Promise<number>;
}

/** A library with the model, as its documentation's chat uses it. */
export interface Peer {
  /** @param onToken told when a token is there, or its text */
  answer(asked: Asked, onToken: () => void): Promise<Pick<Told, 'text' | 'tokens'>>;
  close(): Promise<void>;
}

export type OpenPeer = (model: PeerModel) => Promise<Peer>;
