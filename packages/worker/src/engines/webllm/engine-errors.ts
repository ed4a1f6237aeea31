import { isAbortError, isOrillaError, OrillaError } from '@orilla/contract';
import { deviceLost } from '../answer/answer-errors.ts';
import { newsOfLoss } from '../answer/news-of-loss.ts';

/** What a failed load is told. No prompt is near yet, so WebLLM's own error goes along as the cause. */
export function loadError(error: unknown): OrillaError {
  if (isOrillaError(error)) return error;
  const message = messageOf(error);
  if (/out of memory|DeviceLost|device was lost/i.test(`${nameOf(error)} ${message}`)) return noMemory(error);
  return new OrillaError('engine.load-failed', `The engine could not open the model (${message}).`, {
    advice: 'Choose another model, or make the package again from the folder and the library that belong together.',
    cause: error,
  });
}

/** The device goes in the middle of a load when there is no memory for the model: WebLLM ends it where a buffer can't be made. */
export function noMemory(cause: unknown): OrillaError {
  return new OrillaError('engine.out-of-memory', 'The GPU has not enough memory to open the model.', {
    advice: 'Close other tabs and try again, or choose a smaller model.',
    cause,
  });
}

/**
 * What a failed computation is told. WebLLM tells a lost device as an AbortError, as a model that is not loaded, or as an object that was
 * disposed; only the device itself knows. After any other failure what it holds is in no known state, so that it has to be opened anew.
 */
export async function computeError(error: unknown, lost: Promise<never>): Promise<OrillaError> {
  if (isOrillaError(error)) return error;
  const loss = await newsOfLoss(lost);
  if (loss) return loss;
  if (isAbortError(error)) return deviceLost();
  return new OrillaError('engine.crashed', 'The engine came to an end in this request.', {
    advice: 'Ask again: the model is opened anew.',
  });
}

/** What is thrown may be no Error: WebLLM throws texts, and its WASM an `ExitStatus` that is only an object with a message. */
function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}

function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
}
