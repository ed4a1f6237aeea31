import type { WeightBackend } from './backend/weight-backend.ts';
import type { PackageChannel } from './download/package-channel.ts';
import type { Locks } from './locks/with-lock.ts';
import type { Network } from './network/network.ts';
import type { TransferSlots } from './network/transfer-slots.ts';
import type { WeightShelf } from './shelf/weight-shelf.ts';
import type { PoisonReport } from './source/load-sources.ts';
import type { SourceOptions } from './source/source.ts';

/** What all that the weight store does is done with. */
export interface StoreParts {
  readonly backend: WeightBackend;
  readonly shelf: WeightShelf;
  readonly network: Network;
  readonly slots: TransferSlots;
  /** `null` where the browser doesn't tell. */
  readonly storage: Pick<StorageManager, 'estimate'> | null;
  /** Bytes that all packages may take together. */
  readonly budgetBytes?: number | undefined;
  /** `null` where there are none. */
  readonly locks: Locks | null;
  readonly channel: PackageChannel;
  readonly sources: SourceOptions;
  readonly onPoison?: (report: PoisonReport) => void;
}
