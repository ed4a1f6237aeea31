import { OrillaError } from '@orilla/contract';

/**
 * Fetches code that is loaded when it is first needed. A browser tells such a failure as a plain error.
 * @throws OrillaError `engine.load-failed`
 */
export async function loadCode<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new OrillaError('engine.load-failed', 'A part of the app that runs the model could not be fetched.', {
      advice: 'Check the connection and reload the page: it may have been replaced by a newer version.',
      cause,
    });
  }
}
