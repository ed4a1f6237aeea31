import { isAbortError, isOrillaError, OrillaError } from '@orilla/contract';

/** A crash of the WASM itself, or of the worker around it, as opposed to one request that failed. */
export function isCrash(error: unknown): boolean {
  return /^\(ABORT\)|wllama has crashed/.test(messageOf(error));
}

/** Whether a line of llama.cpp's log, or an error of its, says that there is no more memory. */
export function tellsOfMemory(words: string): boolean {
  return /failed to allocate|bad_alloc|out of memory|cannot enlarge memory|could not allocate memory/i.test(words);
}

/** Whether a line of llama.cpp's log says that the GPU is gone. It aborts after that, or waits for ever. */
export function tellsOfLostDevice(line: string): boolean {
  return /ggml_webgpu: Device lost!/.test(line);
}

/** A C++ exception: the engine is well, but the request that it was busy with is over. */
function isException(error: unknown): boolean {
  return /Invalid typed array length/.test(messageOf(error));
}

export interface FailedRequest {
  /** The request has given something already, so that it cannot be the one that was refused on its way in. */
  readonly hasBegun: boolean;
  /** The field with a schema that the engine makes a grammar of. */
  readonly schemaField: 'response_format' | 'tools' | null;
  readonly hasLogprobs: boolean;
}

/**
 * What a failed request is told. The engine's own words may quote the prompt, so they go no further than here;
 * only the figures that it gives are taken over.
 */
export function requestError(error: unknown, { hasBegun, schemaField, hasLogprobs }: FailedRequest): unknown {
  if (isAbortError(error) || isOrillaError(error)) return error;
  const words = messageOf(error);
  const [, tokens, context] = /request \((\d+) tokens\) exceeds .*?\((\d+) tokens\)/.exec(words) ?? [];
  if (tokens !== undefined || /context size has been exceeded/i.test(words)) {
    const figures = tokens === undefined ? '' : `: it takes ${tokens} tokens, and there are ${context}`;
    return new OrillaError('engine.context-exceeded', `The conversation doesn't fit the model's context${figures}.`, {
      advice: 'Shorten it, or let the relay answer.',
      param: 'messages',
    });
  }
  if (tellsOfMemory(words)) return outOfMemory();
  if (isCrash(error)) return crashed();
  if (isException(error) && schemaField && !hasBegun)
    return new OrillaError(
      'protocol.bad-request',
      `The engine can make no grammar of the schema in \`${schemaField}\`.`,
      {
        advice: 'Use a plainer JSON schema.',
        param: schemaField,
      },
    );
  // It writes log probabilities as JSON, where a token that is a part of a character has no place.
  if (isException(error) && hasLogprobs)
    return new OrillaError(
      'capability.unsupported',
      'The engine has no log probabilities for a character that takes several tokens, and this answer came to one.',
      { advice: 'Leave `logprobs` out, or let the relay answer.', param: 'logprobs' },
    );
  return new OrillaError('engine.failed', 'The engine failed in this request.', { advice: 'Ask again.' });
}

/** What a failed load is told. No prompt is near yet, so the engine's own error goes along as the cause. */
export function loadError(error: unknown): unknown {
  if (isAbortError(error) || isOrillaError(error)) return error;
  if (tellsOfMemory(messageOf(error))) return outOfMemory(error);
  return new OrillaError('engine.load-failed', `The engine could not open the model (${messageOf(error)}).`, {
    advice: 'Close other tabs to free memory and try again, or choose a smaller model.',
    cause: error,
  });
}

export function outOfMemory(cause?: unknown): OrillaError {
  return new OrillaError('engine.out-of-memory', "The model doesn't fit the memory that the browser gives it.", {
    advice: 'Close other tabs to free memory and try again, or choose a smaller model or a shorter context.',
    cause,
  });
}

export function crashed(): OrillaError {
  return new OrillaError('engine.crashed', 'The engine came to an end in its own worker.', {
    advice: 'Ask again: the model is opened anew.',
  });
}

export function deviceLost(): OrillaError {
  return new OrillaError('engine.device-lost', 'The browser took the GPU away from the engine.', {
    advice: 'Ask again: the model is opened anew.',
  });
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
