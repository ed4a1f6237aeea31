import { OrillaError } from '@orilla/contract';

/** `navigator.storage` is one. */
export interface StorageEstimator {
  estimate(): Promise<StorageEstimate>;
}

/**
 * Asks, before the first byte is fetched, whether the browser has room for it.
 * @throws OrillaError `storage.quota-exceeded`, with both figures
 */
export async function checkQuota(neededBytes: number, storage: StorageEstimator | null): Promise<void> {
  // Where it can't be told, the store itself says when it is full.
  const estimate = await storage?.estimate().catch(() => null);
  if (estimate?.quota === undefined || estimate.usage === undefined) return;
  const availableBytes = Math.max(0, estimate.quota - estimate.usage);
  if (neededBytes <= availableBytes) return;
  throw new OrillaError(
    'storage.quota-exceeded',
    `The browser has no room for the model: it needs ${neededBytes} bytes more, and ${availableBytes} are available.`,
    { advice: 'Remove another model, or free disk space.' },
  );
}
