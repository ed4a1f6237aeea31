import { OrillaError } from '@orilla/contract';

/** What an upstream says about an error, in whichever of its shapes. */
interface UpstreamComplaint {
  readonly message: string | undefined;
  readonly type: string | undefined;
  readonly param: string | undefined;
  readonly code: string | number | undefined;
}

/** Longer messages hold lists of everything that did not validate, the prompt included. */
const maxMessageLength = 1_000;

const tooLongTypes = ['exceed_context_size_error', 'context_length_exceeded'];
const tooLongMessage =
  /maximum (?:context|model) length|context (?:length|size|window)|max_model_len|longer than the (?:maximum )?model|too many (?:input )?tokens|prompt is too long/i;

/**
 * Rebuilds an upstream's error from its status, type, param and code. The message is kept only where it is about the
 * caller's own request: it may echo the prompt, and goes to the caller and nowhere else.
 * @param status of the HTTP answer, or the one that a stream's error event claims
 * @param body the parsed answer; anything where it was not JSON
 */
export function fromUpstreamError(status: number, body: unknown): OrillaError {
  const complaint = readComplaint(body);
  if (status >= 300 && status < 400) {
    return failed('The model server answered with a redirect, which the relay never follows.');
  }
  if (status === 401 || status === 403) {
    return failed('The model server refused the relay itself.', 'The operator must check its `apiKeyFrom`.');
  }
  if (status === 404) {
    return failed('The model server does not know this model or endpoint.', 'The operator must check the model list.');
  }
  if (status === 400 || status === 413 || status === 422) {
    return isTooLong(complaint) ? tooLong(complaint) : rejected(status, complaint);
  }
  if (status === 429) {
    return new OrillaError('relay.rate-limited', 'The model server takes no more requests for now.', tryAgain);
  }
  if (status === 503)
    return new OrillaError('relay.overloaded', 'The model server is busy or still starting.', tryAgain);
  if (status === 408 || status === 504) {
    return new OrillaError('relay.upstream-timeout', 'The model server took too long.', tryAgain);
  }
  if (status === 405 || status === 415 || status === 501) {
    return new OrillaError('relay.not-implemented', 'The model server does not do this.', {
      advice: 'Choose another model.',
    });
  }
  return failed('The model server failed.');
}

/** The status that an error inside a 200 claims, in a stream or in JSON; 500 where it claims none. */
export function claimedStatus(body: unknown): number {
  const { code } = readComplaint(body);
  const status = typeof code === 'string' ? Number(code) : code;
  return status !== undefined && Number.isInteger(status) && status >= 400 && status < 600 ? status : 500;
}

/** Whether a parsed answer is an error in disguise of a success. */
export function isUpstreamError(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return false;
  if ('error' in body && body.error !== null && body.error !== undefined) return true;
  return 'object' in body && body.object === 'error';
}

const tryAgain = { advice: 'Try again in a moment.' };

function isTooLong({ type, param, code, message }: UpstreamComplaint): boolean {
  if (typeof code === 'string' && tooLongTypes.includes(code)) return true;
  if (type !== undefined && tooLongTypes.includes(type)) return true;
  return param === 'input_tokens' || tooLongMessage.test(message ?? '');
}

function tooLong({ message }: UpstreamComplaint): OrillaError {
  const fallback = 'The request is longer than the context of this model.';
  return new OrillaError('engine.context-exceeded', shown(message) ?? fallback, {
    param: 'messages',
    advice: 'Shorten the request, or lower its max_tokens.',
  });
}

function rejected(status: number, { message, param }: UpstreamComplaint): OrillaError {
  const code = status === 413 ? 'protocol.too-large' : 'relay.rejected';
  return new OrillaError(code, shown(message) ?? 'The model server refused this request.', { param: shown(param) });
}

function failed(message: string, advice?: string): OrillaError {
  return new OrillaError('relay.upstream-failed', message, { advice });
}

/** Only what is short enough to be read. */
function shown(text: string | undefined): string | undefined {
  return text !== undefined && text !== '' && text.length <= maxMessageLength ? text : undefined;
}

/** OpenAI's `{"error":{…}}`, vLLM's `{"error":"…"}`, and the older flat `{"object":"error",…}`. */
function readComplaint(body: unknown): UpstreamComplaint {
  const nothing: UpstreamComplaint = { message: undefined, type: undefined, param: undefined, code: undefined };
  if (typeof body !== 'object' || body === null) return nothing;
  const holder = 'error' in body && body.error !== null ? body.error : body;
  if (typeof holder === 'string') return { ...nothing, message: holder };
  if (typeof holder !== 'object' || holder === null) return nothing;
  const text = (key: string): string | undefined => {
    const value = (holder as Record<string, unknown>)[key]; // an object, so that any key may be asked
    return typeof value === 'string' ? value : undefined;
  };
  const code = 'code' in holder && typeof holder.code === 'number' ? holder.code : text('code');
  return { message: text('message'), type: text('type'), param: text('param'), code };
}
