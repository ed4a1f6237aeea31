import { isOrillaError, type OrillaError } from '@orilla/contract';

/** How long a failed computation waits for the news that its device is gone: the failure may be here first. */
const lossNewsMs = 250;

/**
 * Why the device of a computation that failed is gone; `null` where it is still there. What waits for a lost device is told an AbortError,
 * a plain Error or nothing that says so: only the device itself knows.
 */
export async function newsOfLoss(lost: Promise<never>): Promise<OrillaError | null> {
  const timer = Promise.withResolvers<null>();
  const timeout = setTimeout(() => timer.resolve(null), lossNewsMs);
  const news = await Promise.race([lost.catch((reason: unknown) => reason), timer.promise]);
  clearTimeout(timeout);
  return isOrillaError(news) ? news : null;
}
