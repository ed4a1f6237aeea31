import { isAbortError, isOrillaError, OrillaError } from '@orilla/contract';

/** A crash of the WASM itself, or of the worker around it, as opposed to one request that failed. */
export function isCrash(error: unknown): boolean {
  return /^\(ABORT\)|wllama has crashed/.test(messageOf(error));
}

/** A C++ exception on the way in: the engine is well, but whatever it was asked at that moment failed with it. */
function isRefusal(error: unknown): boolean {
  return /Invalid typed array length/.test(messageOf(error));
}

export interface FailedRequest {
  /** The request has given something already, so that it cannot be the one that was refused on its way in. */
  readonly hasBegun: boolean;
  readonly hasSchema: boolean;
}

/**
 * What a failed request is told. The engine's own words may quote the prompt, so they go no further than here;
 * only the figures that it gives are taken over.
 */
export function requestError(error: unknown, { hasBegun, hasSchema }: FailedRequest): unknown {
  if (isAbortError(error) || isOrillaError(error)) return error;
  const [, tokens, context] = /request \((\d+) tokens\) exceeds .*?\((\d+) tokens\)/.exec(messageOf(error)) ?? [];
  if (tokens !== undefined || /context size has been exceeded/i.test(messageOf(error))) {
    const figures = tokens === undefined ? '' : `: it takes ${tokens} tokens, and there are ${context}`;
    return new OrillaError('engine.context-exceeded', `The conversation doesn't fit the model's context${figures}.`, {
      advice: 'Shorten it, or let the relay answer.',
      param: 'messages',
    });
  }
  if (isRefusal(error) && hasSchema && !hasBegun)
    return new OrillaError(
      'protocol.bad-request',
      'The engine can make no grammar of the schema in `response_format`.',
      {
        advice: 'Use a plainer JSON schema.',
        param: 'response_format',
      },
    );
  return new OrillaError('engine.failed', 'The engine failed in this request.', {
    advice: isCrash(error) ? 'Ask again: the model is opened anew.' : 'Ask again.',
  });
}

/** What a failed load is told. No prompt is near yet, so the engine's own error goes along as the cause. */
export function loadError(error: unknown): unknown {
  if (isAbortError(error) || isOrillaError(error)) return error;
  return new OrillaError('engine.load-failed', `The engine could not open the model (${messageOf(error)}).`, {
    advice: 'Close other tabs to free memory and try again, or choose a smaller model.',
    cause: error,
  });
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
