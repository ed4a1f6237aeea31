import { createOrilla, type StorageKind } from '@orilla/core';
import type { Remote } from 'comlink';
import type { PeerWorker } from './peer-worker/peer-worker.ts';
import type { Weights } from './weights.ts';
import { timed, type WeightsSide } from './weights-side.ts';

/**
 * Orilla as an app uses it. Engines read the stored Blobs in a worker: here it is one that does nothing else, and it reads an export, which
 * is made of the same Blobs.
 */
export async function orillaSide(
  storage: StorageKind,
  { pkg, bytes }: Weights,
  reader: Remote<PeerWorker>,
): Promise<WeightsSide> {
  const { packages } = createOrilla({
    catalog: { models: {} },
    privacy: { label: 'device' },
    device: { keepStorage: false, store: { storage } },
  });
  // The first call starts the worker.
  await packages.list();
  return {
    download: () => timed(() => packages.download(pkg)),
    open: () =>
      timed(async () => {
        const read = await reader.readBlob(await packages.export(pkg.id));
        if (read < bytes) throw new Error(`Of ${bytes} bytes ${read} were there.`);
      }),
    empty: () => packages.remove(pkg.id),
  };
}
