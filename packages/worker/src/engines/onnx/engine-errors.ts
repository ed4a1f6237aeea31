import { isAbortError, isOrillaError, OrillaError } from '@orilla/contract';
import { newsOfLoss } from '../answer/news-of-loss.ts';
import type { GpuDevice } from './gpu-device.ts';

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
    const lost = await newsOfLoss(gpu.lost);
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

/** As onnxruntime, emscripten and browsers say it. */
function isOutOfMemory(error: unknown): boolean {
  return /std::bad_alloc|out of memory|Array buffer allocation failed|OOM|Failed to allocate memory/i.test(
    messageOf(error),
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
