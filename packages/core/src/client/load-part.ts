import { OrillaError } from '@orilla/contract';

/**
 * Fetches a part of this library that is needed by some pages only. A browser tells such a failure as a plain error.
 * @throws OrillaError `relay.unreachable`: what gives the app its code did not answer
 */
export async function loadPart<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new OrillaError('relay.unreachable', 'A part of the app could not be fetched.', {
      advice: 'Check the connection and reload the page: it may have been replaced by a newer version.',
      cause,
    });
  }
}
