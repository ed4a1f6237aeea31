import { isAbortError, isOrillaError, OrillaError } from '@orilla/contract';
import type { GpuDevice } from './gpu-device.ts';

/** How long a failed run waits for the news that its device is gone: the failure may be here first. */
const lossNewsMs = 250;

/** What a failed load is told. No prompt is near yet, so the engine's own error goes along as the cause. */
export function loadError(error: unknown): unknown {
  if (isOrillaError(error) || isAbortError(error)) return error;
  if (isOutOfMemory(error))
    return new OrillaError('engine.out-of-memory', 'There is not enough memory to open the model.', {
      advice: 'Close other tabs and try again, or choose a smaller model.',
      cause: error,
    });
  return new OrillaError('engine.load-failed', `The engine could not open the model (${messageOf(error)}).`, {
    advice: 'Choose another model, or make the package again from files that onnxruntime can read.',
    cause: error,
  });
}

/**
 * What a failed run is told. The engine's own words go no further than here. A lost device is told as an AbortError or a plain Error
 * by what waits for it, and as nothing that says so: only the device itself knows.
 */
export async function runError(error: unknown, gpu: GpuDevice | null): Promise<OrillaError> {
  if (isOrillaError(error)) return error;
  if (gpu) {
    const lost = await Promise.race([gpu.lost.catch((reason: OrillaError) => reason), after(lossNewsMs)]);
    if (lost) return lost;
  }
  if (isOutOfMemory(error))
    return new OrillaError('engine.out-of-memory', 'There was not enough memory for the request.', {
      advice: 'Shorten the conversation, close other tabs, or let the relay answer.',
    });
  if (error instanceof WebAssembly.RuntimeError || /^Aborted\(/.test(messageOf(error)))
    return new OrillaError('engine.crashed', 'The engine came to an end in this request.', {
      advice: 'Ask again: the model is opened anew.',
    });
  return new OrillaError('engine.failed', 'The engine failed in this request.', { advice: 'Ask again.' });
}

export function notOpen(): OrillaError {
  return new OrillaError('engine.failed', 'No model is open in this engine.', {
    advice: 'Load the model and ask again.',
  });
}

export function contextExceeded(tokens: number, contextLength: number): OrillaError {
  return new OrillaError(
    'engine.context-exceeded',
    `The conversation doesn't fit the model's context: it takes ${tokens} tokens, and there are ${contextLength}.`,
    { advice: 'Shorten it, or let the relay answer.', param: 'messages' },
  );
}

/** As onnxruntime, emscripten and browsers say it. */
function isOutOfMemory(error: unknown): boolean {
  return /std::bad_alloc|out of memory|Array buffer allocation failed|OOM|Failed to allocate memory/i.test(
    messageOf(error),
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function after(ms: number): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), ms);
  });
}
