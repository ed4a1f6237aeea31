import { isOrillaError, OrillaError } from '@orilla/contract';

/**
 * Asks the browser's storage for something.
 * @throws OrillaError `storage.quota-exceeded`, `storage.unavailable`
 */
export async function askStorage<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (isOrillaError(error)) throw error;
    if (error instanceof DOMException && error.name === 'QuotaExceededError')
      throw new OrillaError('storage.quota-exceeded', 'The browser has no room left for the model.', {
        advice: 'Remove another model, or free disk space.',
        cause: error,
      });
    throw new OrillaError('storage.unavailable', "The browser's storage can't be used.", {
      advice: 'Leave private browsing, or allow this site to store data.',
      cause: error,
    });
  }
}
