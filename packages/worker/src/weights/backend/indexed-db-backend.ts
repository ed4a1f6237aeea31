import { presentBackend } from './open-backend.ts';
import type { WeightBackend } from './weight-backend.ts';

/** Goes as soon as the worker opens its store by `openBackend`. */
export function indexedDbBackend({ name = 'orilla' } = {}): WeightBackend {
  return presentBackend({ kind: 'indexeddb', name, locks: globalThis.navigator?.locks ?? null });
}
